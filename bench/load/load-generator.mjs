/**
 * A process of its own that posts events and prints one line of JSON about it.
 *
 *   node bench/load/load-generator.mjs --url http://127.0.0.1:8080/v1/events --header 'Authorization: Bearer …' \
 *     --seconds 10 --connections 100          closed loop: each connection posts as soon as it has its answer
 *     --seconds 10 --rate 200                 open loop: an event is due every 5 ms, whatever the answers do, and its
 *                                             latency counts from then, so that a stall is not hidden
 * More: --url again (another gateway: connections take turns), --count N (most events), --entities N, --skewed (by
 * Zipf's law), --bytes N (of a body), --distinct N (then the same events again), --prefix TEXT (of the keys),
 * --keyless (the key is in the body only), --sign SECRET (x-webhook-signature), --log FILE
 * (`key,sentMs,acceptedMs,status` a line; by the machine's monotonic clock, in an open loop sentMs is when it was due).
 * Only to this machine, at most 10 minutes and 5 million events.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nowMs } from './clock.mjs';
import { eventStream } from './event-stream.mjs';
import { HttpMessages } from './http-messages.mjs';
import { LatencyHistogram } from '../measure/latency-histogram.mjs';
import { round } from '../measure/statistics.mjs';

const MOST_SECONDS = 600;
const MOST_EVENTS = 5_000_000;
const MOST_CONNECTIONS = 1_000;
const ANSWER_TIMEOUT_MS = 30_000;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '10' },
    count: { type: 'string', default: String(MOST_EVENTS) },
    connections: { type: 'string', default: '100' },
    rate: { type: 'string' },
    entities: { type: 'string', default: '1000' },
    skewed: { type: 'boolean', default: false },
    bytes: { type: 'string', default: '0' },
    distinct: { type: 'string', default: 'Infinity' },
    prefix: { type: 'string', default: `k${randomBytes(4).toString('hex')}` },
    header: { type: 'string', multiple: true, default: [] },
    keyless: { type: 'boolean', default: false },
    sign: { type: 'string' },
    log: { type: 'string' },
  },
});
const targets = options.url.map((text) => new URL(text));
if (targets.length === 0) throw new Error('--url is missing');
for (const { hostname } of targets) {
  if (!/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname)) throw new Error(`${hostname} is not this machine`);
}
const durationMs = Math.min(Number(options.seconds), MOST_SECONDS) * 1_000;
const mostEvents = Math.min(Number(options.count), MOST_EVENTS);
const mostConnections = Math.min(Number(options.connections), MOST_CONNECTIONS);
const nextEvent = eventStream({
  prefix: options.prefix,
  entities: Number(options.entities),
  skewed: options.skewed,
  bytes: Number(options.bytes),
  distinct: Number(options.distinct),
});
const headers = ['Content-Type: application/json', ...options.header].join('\r\n');

const log = [];
const answerLatency = new LatencyHistogram();
const acceptedLatency = new LatencyHistogram();
const servedLatency = new LatencyHistogram();
const answers = {};
let made = 0;
let replayed = 0;
let firstSentMs = Infinity;
let lastAcceptedMs = 0;

/** One event's key and its request, but for the lines that tell where to. */
function nextRequest() {
  const { key, body } = nextEvent();
  const keyLine = options.keyless ? '' : `Idempotency-Key: ${key}\r\n`;
  const signature = options.sign === undefined ? '' : `X-Webhook-Signature: ${createHmac('sha256', options.sign).update(body).digest('hex')}\r\n`;
  return { key, text: `${headers}\r\n${keyLine}${signature}Content-Length: ${body.length}\r\n\r\n${body}` };
}

/** A keep-alive connection with one request under way at a time. */
class Connection {
  #url;
  #head;
  #socket;
  #answered;

  constructor(url) {
    this.#url = url;
    this.#head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n`;
  }

  async post(text) {
    this.#socket ??= await this.#connect();
    return new Promise((resolve, reject) => {
      this.#answered = { resolve, reject };
      this.#socket.write(this.#head + text, 'latin1');
    });
  }

  close() {
    this.#socket?.destroy();
  }

  #connect() {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: this.#url.hostname.replace(/[[\]]/g, ''), port: Number(this.#url.port), noDelay: true });
      const messages = new HttpMessages((answerHead) => {
        if (/\r\nconnection: *close/i.test(answerHead)) this.#socket = undefined;
        if (/\r\nidempotent-replayed: *true/i.test(answerHead)) replayed++;
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

function makeConnections() {
  return Array.from({ length: mostConnections }, (_, n) => new Connection(targets[n % targets.length]));
}

/** Posts one event and records it. @param {number} [dueMs] when it should have been sent, in an open loop */
async function postOne(connection, dueMs = Infinity) {
  made++;
  const { key, text } = nextRequest();
  const writtenMs = nowMs();
  // The earlier one: a timer may fire a fraction of a millisecond early.
  const sentMs = Math.min(dueMs, writtenMs);
  let answer;
  try {
    answer = await connection.post(text);
  } catch (error) {
    answer = error.code ?? error.message;
    await delay(10);
  }
  const answeredMs = nowMs();
  answers[answer] = (answers[answer] ?? 0) + 1;
  answerLatency.record(answeredMs - sentMs);
  firstSentMs = Math.min(firstSentMs, sentMs);
  if (answer >= 200 && answer < 300) {
    acceptedLatency.record(answeredMs - sentMs);
    servedLatency.record(answeredMs - writtenMs);
    lastAcceptedMs = answeredMs;
  }
  if (options.log !== undefined) log.push(`${key},${sentMs.toFixed(3)},${answeredMs.toFixed(3)},${answer}\n`);
}

async function closedLoop(startMs) {
  const workers = makeConnections().map(async (connection) => {
    while (nowMs() < startMs + durationMs && made < mostEvents) await postOne(connection);
    connection.close();
  });
  await Promise.all(workers);
}

async function openLoop(startMs, rate) {
  const total = Math.min(mostEvents, Math.floor((rate * durationMs) / 1_000));
  const free = makeConnections();
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
const accepted = acceptedLatency.count;
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    prefix: options.prefix,
    seconds: round(seconds),
    requests: answerLatency.count,
    accepted,
    replayed,
    acceptedPerSecond: round(accepted / seconds),
    answers,
    answerLatency: answerLatency.summary(),
    // Under overload most answers are refusals, and theirs is another latency.
    acceptedLatency: acceptedLatency.summary(),
    // From when it was written: without its wait for a free connection, which under overload is the client's own.
    servedLatency: servedLatency.summary(),
    firstSentMs,
    lastAcceptedMs,
    cpuSeconds: round((user + system) / 1e6),
  }),
);
process.off('disconnect', endEarly);
process.disconnect?.();
