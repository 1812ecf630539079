/**
 * Posts events from a process of its own and prints a summary as one line of JSON.
 *
 *   node bench/load/load-generator.mjs --url http://127.0.0.1:8080/v1/events --header 'Authorization: Bearer …' \
 *     --seconds 10 --connections 100          closed loop: each connection posts as soon as it has its answer
 *     --seconds 10 --rate 200                 open loop: an event is due every 5 ms, independent of the answers; latency
 *                                             counts from the due time, so that a stall is not hidden
 *     --batch 100                             N events a request, as a JSON array; counts and log are still by event
 * More options: --url again (another gateway; connections take turns), --count N (events at most), --entities N, --skewed
 * (by Zipf's law), --types N, --bytes N (per body), --fields N (in `data.fields`), --distinct N (then the same events again), --prefix TEXT (of the keys), --keyless
 * (no Idempotency-Key), --sign SECRET (adds X-Webhook-Signature), --log FILE (`key,sentMs,acceptedMs,status` per line, by
 * the machine's monotonic clock; in an open loop sentMs is the due time).
 * It posts to this machine only, for at most 10 minutes and at most 5 million events.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LatencyHistogram } from '../measure/latency-histogram.mjs';
import { round } from '../measure/statistics.mjs';
import { nowMs } from './clock.mjs';
import { Connection } from './connection.mjs';
import { eventStream } from './event-stream.mjs';

const MAX_SECONDS = 600;
const MAX_EVENTS = 5_000_000;
const MAX_CONNECTIONS = 1_000;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', multiple: true, default: [] },
    seconds: { type: 'string', default: '10' },
    count: { type: 'string', default: String(MAX_EVENTS) },
    connections: { type: 'string', default: '100' },
    rate: { type: 'string' },
    entities: { type: 'string', default: '1000' },
    skewed: { type: 'boolean', default: false },
    types: { type: 'string', default: '1' },
    bytes: { type: 'string', default: '0' },
    fields: { type: 'string', default: '0' },
    distinct: { type: 'string', default: 'Infinity' },
    prefix: { type: 'string', default: `k${randomBytes(4).toString('hex')}` },
    header: { type: 'string', multiple: true, default: [] },
    keyless: { type: 'boolean', default: false },
    batch: { type: 'string' },
    sign: { type: 'string' },
    log: { type: 'string' },
  },
});
const targets = options.url.map((text) => new URL(text));
if (targets.length === 0) throw new Error('--url is missing');
for (const { hostname } of targets) {
  if (!/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname)) throw new Error(`${hostname} is not this machine`);
}
const durationMs = Math.min(Number(options.seconds), MAX_SECONDS) * 1_000;
const maxEvents = Math.min(Number(options.count), MAX_EVENTS);
const connectionCount = Math.min(Number(options.connections), MAX_CONNECTIONS);
const nextEvent = eventStream({
  prefix: options.prefix,
  entities: Number(options.entities),
  skewed: options.skewed,
  types: Number(options.types),
  bytes: Number(options.bytes),
  fields: Number(options.fields),
  distinct: Number(options.distinct),
});
const headers = ['Content-Type: application/json', ...options.header].join('\r\n');

const log = [];
const answerLatency = new LatencyHistogram();
/** Under overload most answers are refusals, so accepted events have a latency of their own. */
const acceptedLatency = new LatencyHistogram();
/** From the write: without the wait for a free connection, which under overload is the client's own. */
const servedLatency = new LatencyHistogram();
const answers = {};
let posted = 0;
let replayed = 0;
let firstSentMs = Infinity;

/** The keys of the next request's events, and the request from the third line on. */
function nextRequest() {
  return options.batch === undefined ? nextPost() : nextBatch(Number(options.batch));
}

function nextBatch(size) {
  const events = Array.from({ length: size }, () => nextEvent());
  const items = options.keyless ? events.map(({ body }) => body) : events.map(({ key, body }) => `{"idempotencyKey":"${key}",${body.slice(1)}`);
  const body = `[${items.join(',')}]`;
  return { keys: events.map(({ key }) => key), text: `${headers}\r\nContent-Length: ${body.length}\r\n\r\n${body}` };
}

function nextPost() {
  const { key, body } = nextEvent();
  const keyLine = options.keyless ? '' : `Idempotency-Key: ${key}\r\n`;
  const signature = options.sign === undefined ? '' : `X-Webhook-Signature: ${createHmac('sha256', options.sign).update(body).digest('hex')}\r\n`;
  return { keys: [key], text: `${headers}\r\n${keyLine}${signature}Content-Length: ${body.length}\r\n\r\n${body}` };
}

function openConnections() {
  return Array.from({ length: connectionCount }, (_, n) => new Connection(targets[n % targets.length]));
}

/** Posts one request and records the result of each of its events. @param {number} [dueMs] when an open loop should have sent it */
async function postOne(connection, dueMs = Infinity) {
  const { keys, text } = nextRequest();
  posted += keys.length;
  const writtenMs = nowMs();
  // The earlier of the two, because a timer may fire a fraction of a millisecond early.
  const sentMs = Math.min(dueMs, writtenMs);
  let statuses;
  try {
    const answer = await connection.post(text);
    statuses = options.batch === undefined || answer.status !== 202 ? keys.map(() => answer.status) : statusesIn(answer.body);
    if (answer.replayed) replayed++;
  } catch (error) {
    statuses = keys.map(() => error.code ?? error.message);
    await delay(10);
  }
  const answeredMs = nowMs();
  firstSentMs = Math.min(firstSentMs, sentMs);
  keys.forEach((key, n) => record(key, statuses[n], { sentMs, writtenMs, answeredMs }));
}

/** Of a batch's items. Found without parsing, which would take CPU from what is measured. */
function statusesIn(body) {
  return Array.from(body.matchAll(/"status":(\d+)/g), ([, status]) => Number(status));
}

function record(key, status, { sentMs, writtenMs, answeredMs }) {
  answers[status] = (answers[status] ?? 0) + 1;
  answerLatency.record(answeredMs - sentMs);
  if (status >= 200 && status < 300) {
    acceptedLatency.record(answeredMs - sentMs);
    servedLatency.record(answeredMs - writtenMs);
  }
  if (options.log !== undefined) log.push(`${key},${sentMs.toFixed(3)},${answeredMs.toFixed(3)},${status}\n`);
}

async function closedLoop(startMs) {
  const workers = openConnections().map(async (connection) => {
    while (nowMs() < startMs + durationMs && posted < maxEvents) await postOne(connection);
    connection.close();
  });
  await Promise.all(workers);
}

async function openLoop(startMs, rate) {
  const total = Math.min(maxEvents, Math.floor((rate * durationMs) / 1_000));
  const free = openConnections();
  const waiting = [];
  const inFlight = new Set();

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
    const posting = post(connection, dueMs).finally(() => inFlight.delete(posting));
    inFlight.add(posting);
  }
  await Promise.all(inFlight);
  for (const connection of free) connection.close();
}

const exitEarly = () => process.exit(1);
// The channel closes when the bench that started this process ends.
process.on('disconnect', exitEarly);
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
    acceptedLatency: acceptedLatency.summary(),
    servedLatency: servedLatency.summary(),
    firstSentMs,
    cpuSeconds: round((user + system) / 1e6),
  }),
);
process.off('disconnect', exitEarly);
process.disconnect?.();
