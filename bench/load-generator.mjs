/**
 * A process of its own that posts events and prints one line of JSON about it.
 *
 *   node bench/load-generator.mjs --url http://127.0.0.1:8080/v1/events --header 'Authorization: Bearer …' \
 *     --seconds 10 --connections 100          closed loop: each connection posts as soon as it has its answer
 *     --seconds 10 --rate 200                 open loop: an event is due every 5 ms, whatever the answers do, and its
 *                                             latency counts from then, so that a stall is not hidden
 * More: --count N (most events), --entities N, --prefix TEXT (of the keys), --sign SECRET (x-webhook-signature),
 * --log FILE (`key,sentMs,acceptedMs,status` a line; by the machine's monotonic clock, in an open loop sentMs is when
 * it was due). Only to this machine, at most 10 minutes and 5 million events.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nowMs } from './clock.mjs';
import { HttpMessages } from './http-messages.mjs';
import { latencySummary, round } from './statistics.mjs';

const MOST_SECONDS = 600;
const MOST_EVENTS = 5_000_000;
const MOST_CONNECTIONS = 1_000;
const ANSWER_TIMEOUT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    count: { type: 'string', default: String(MOST_EVENTS) },
    connections: { type: 'string', default: '100' },
    rate: { type: 'string' },
    entities: { type: 'string', default: '1000' },
    prefix: { type: 'string', default: `k${randomBytes(4).toString('hex')}` },
    header: { type: 'string', multiple: true, default: [] },
    sign: { type: 'string' },
    log: { type: 'string' },
  },
});
const url = new URL(options.url ?? '');
if (!/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(url.hostname)) throw new Error(`${url.hostname} is not this machine`);
const durationMs = Math.min(Number(options.seconds), MOST_SECONDS) * 1_000;
const mostEvents = Math.min(Number(options.count), MOST_EVENTS);
const mostConnections = Math.min(Number(options.connections), MOST_CONNECTIONS);
const entities = Number(options.entities);
const head = [`POST ${url.pathname} HTTP/1.1`, `Host: ${url.host}`, 'Content-Type: application/json', ...options.header].join('\r\n');

const log = [];
const latenciesMs = [];
const acceptedMs = [];
const answers = {};
let made = 0;
let accepted = 0;
let firstSentMs = Infinity;
let lastAcceptedMs = 0;

/** One event's key and whole request. Each entity's events carry the numbers 0, 1, 2 … in `data.object.number`. */
function nextRequest() {
  const n = made++;
  const key = `${options.prefix}-${n}`;
  const entity = `acct_${n % entities}`;
  const body = `{"type":"order.created","entity":"${entity}","data":{"object":{"id":"${key}","entity":"${entity}","number":${Math.floor(n / entities)},"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}`;
  const signature = options.sign === undefined ? '' : `X-Webhook-Signature: ${createHmac('sha256', options.sign).update(body).digest('hex')}\r\n`;
  return { key, text: `${head}\r\nIdempotency-Key: ${key}\r\n${signature}Content-Length: ${body.length}\r\n\r\n${body}` };
}

/** A keep-alive connection with one request under way at a time. */
class Connection {
  #socket;
  #answered;

  async post(text) {
    this.#socket ??= await this.#connect();
    return new Promise((resolve, reject) => {
      this.#answered = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #connect() {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: url.hostname.replace(/[[\]]/g, ''), port: Number(url.port), noDelay: true });
      const messages = new HttpMessages((answerHead) => {
        if (/\r\nconnection: *close/i.test(answerHead)) this.#socket = undefined;
        this.#settle()?.resolve(Number(answerHead.slice(9, 12)));
      });
      const fail = (error) => {
        if (this.#socket === socket) this.#socket = undefined;
        socket.destroy();
        reject(error);
        this.#settle()?.reject(error);
      };
      socket.setEncoding('latin1');
      socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })));
      socket.once('connect', () => resolve(socket));
      socket.on('data', (chunk) => messages.push(chunk));
      socket.on('error', fail);
      socket.on('close', () => fail(Object.assign(new Error('closed'), { code: 'CLOSED' })));
    });
  }

  #settle() {
    const answered = this.#answered;
    this.#answered = undefined;
    return answered;
  }
}

/** Posts one event and records it. @param {number} [dueMs] when it should have been sent, in an open loop */
async function postOne(connection, dueMs = Infinity) {
  const { key, text } = nextRequest();
  // The earlier one: a timer may fire a fraction of a millisecond early.
  const sentMs = Math.min(dueMs, nowMs());
  let answer;
  try {
    answer = await connection.post(text);
  } catch (error) {
    answer = error.code ?? error.message;
    await delay(10);
  }
  const answeredMs = nowMs();
  answers[answer] = (answers[answer] ?? 0) + 1;
  latenciesMs.push(answeredMs - sentMs);
  firstSentMs = Math.min(firstSentMs, sentMs);
  if (answer >= 200 && answer < 300) {
    accepted++;
    acceptedMs.push(answeredMs - sentMs);
    lastAcceptedMs = answeredMs;
  }
  if (options.log !== undefined) log.push(`${key},${sentMs.toFixed(3)},${answeredMs.toFixed(3)},${answer}\n`);
}

async function closedLoop(startMs) {
  const workers = Array.from({ length: mostConnections }, async () => {
    const connection = new Connection();
    while (nowMs() < startMs + durationMs && made < mostEvents) await postOne(connection);
    connection.close();
  });
  await Promise.all(workers);
}

async function openLoop(startMs, rate) {
  const total = Math.min(mostEvents, Math.floor((rate * durationMs) / 1_000));
  const free = Array.from({ length: mostConnections }, () => new Connection());
  const waiting = [];
  const underWay = new Set();

  const post = async (connection, dueMs) => {
    await postOne(connection, dueMs);
    const nextDueMs = waiting.shift();
    if (nextDueMs === undefined) free.push(connection);
    else await post(connection, nextDueMs);
  };
  for (let n = 0; n < total; n++) {
    const dueMs = startMs + (n * 1_000) / rate;
    const earlyMs = dueMs - nowMs();
    if (earlyMs > 0) await delay(earlyMs);
    const connection = free.pop();
    if (connection === undefined) {
      waiting.push(dueMs);
      continue;
    }
    const posting = post(connection, dueMs).finally(() => underWay.delete(posting));
    underWay.add(posting);
  }
  await Promise.all(underWay);
  for (const connection of free) connection.close();
}

const endEarly = () => process.exit(1);
// Started by bench/run.mjs: ends with it.
process.on('disconnect', endEarly);
const startMs = nowMs();
await (options.rate === undefined ? closedLoop(startMs) : openLoop(startMs, Number(options.rate)));
const seconds = (nowMs() - startMs) / 1_000;
if (options.log !== undefined) writeFileSync(options.log, log.join(''));
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    prefix: options.prefix,
    seconds: round(seconds),
    requests: latenciesMs.length,
    accepted,
    acceptedPerSecond: round(accepted / seconds),
    answers,
    answerLatency: latencySummary(latenciesMs),
    // Under overload most answers are refusals, and theirs is another latency.
    acceptedLatency: latencySummary(acceptedMs),
    firstSentMs,
    lastAcceptedMs,
    cpuSeconds: round((user + system) / 1e6),
  }),
);
process.off('disconnect', endEarly);
process.disconnect?.();
