/**
 * node bench/proxy.mjs [--seconds S] [--rounds N] [--connections N] [--rate N]: the idempotency proxy beside a bare
 * @fastify/http-proxy, in front of the same backend, each a process of its own, one after the other in every round.
 *
 *   keyless   the same request through both: what the proxy adds to the median
 *   new       each request with a key of its own: claimed, forwarded, stored
 *   replay    one of 1,000 keys that have their answer: rate beside the bare proxy's
 *   paced     keyless and new at --rate requests a second: what a key adds where no processor is short. Closed loops are
 *             bound by the machine, and their medians say how many connections share it
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nowMs } from './clock.mjs';
import { cpuPerThousand, cpuSeconds } from './cpu.mjs';
import { HttpMessages } from './http-messages.mjs';
import { latencySummary, round } from './statistics.mjs';
import { startPostgres } from '../dist/libs/embedded/src/postgres-server.js';
import { freePort } from '../dist/libs/embedded/src/free-port.js';
import { NODE_FLAGS } from '../dist/libs/startup/src/node-flags.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' }, rounds: { type: 'string', default: '3' }, connections: { type: 'string', default: '50' }, rate: { type: 'string', default: '1000' } } });
const [seconds, rounds, connections, rate] = [values.seconds, values.rounds, values.connections, values.rate].map(Number);
const REPLAYED_KEYS = 1_000;
const BODY = '{"amount":1299,"currency":"usd"}';
const ROOT = path.dirname(import.meta.dirname);

let made = 0;
const LOADS = {
  keyless: () => '',
  new: () => `Idempotency-Key: n-${process.pid}-${made++}\r\n`,
  replay: () => `Idempotency-Key: r-${made++ % REPLAYED_KEYS}\r\n`,
};

async function start(entry, flags, env) {
  const port = await freePort();
  const child = fork(entry, [], { execArgv: flags, env: { PATH: process.env.PATH, NODE_ENV: 'production', LOG_LEVEL: 'fatal', PORT: String(port), ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  for (;;) {
    const answers = await fetch(`http://127.0.0.1:${port}/health/ready`).then(({ ok }) => ok, () => false);
    if (answers) break;
    if (child.exitCode !== null) throw new Error(`${entry} ended at its start`);
  }
  return { port, pid: child.pid, stop: async () => { child.kill('SIGTERM'); await once(child, 'exit'); } };
}

/** Each connection sends as soon as it has its answer, or, at a rate, when its turn comes; what comes late counts from its turn. */
async function load({ port, pid }, header, forMs, perSecond = Infinity) {
  const intervalMs = perSecond === Infinity ? 0 : (1_000 * connections) / perSecond;
  const pids = { proxy: pid, postgres: postgres.pid, backend: backend.pid };
  const before = cpuSeconds(pids);
  const latenciesMs = [];
  const statuses = {};
  const startMs = nowMs();
  await Promise.all(Array.from({ length: connections }, (_, i) => new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    let sentMs = 0;
    let dueMs = startMs + (i * intervalMs) / connections;
    const next = () => {
      if (nowMs() - startMs > forMs) return void socket.end();
      if (dueMs > nowMs()) return void setTimeout(() => send(nowMs()), dueMs - nowMs());
      send(perSecond === Infinity ? nowMs() : dueMs);
    };
    const send = (atMs) => {
      sentMs = atMs;
      dueMs += intervalMs;
      socket.write(`POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${header()}Content-Length: ${BODY.length}\r\n\r\n${BODY}`);
    };
    const messages = new HttpMessages((head) => {
      latenciesMs.push(nowMs() - sentMs);
      const status = head.slice(9, 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
      next();
    });
    socket.setEncoding('latin1').on('data', (chunk) => messages.push(chunk)).once('connect', next).once('close', resolve).once('error', reject);
  })));
  const cpuSecondsPerThousand = cpuPerThousand(before, cpuSeconds(pids), latenciesMs.length);
  return { ...latencySummary(latenciesMs), cpuSecondsPerThousand, perSecond: round(latenciesMs.length / ((nowMs() - startMs) / 1_000)), statuses };
}

const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-bench-proxy-'));
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined });
const backend = await start(path.join(ROOT, 'bench', 'bare', 'backend.mjs'), [], {});
const env = { UPSTREAM_URL: `http://127.0.0.1:${backend.port}`, DATABASE_URL: postgres.url };
const bare = await start(path.join(ROOT, 'bench', 'bare', 'http-proxy.mjs'), NODE_FLAGS, env);
const proxy = await start(path.join(ROOT, 'dist', 'apps', 'proxy', 'src', 'main.js'), NODE_FLAGS, env);
try {
  const runs = [
    ['bare', bare, 'keyless'], ['proxy keyless', proxy, 'keyless'], ['proxy new', proxy, 'new'], ['proxy replay', proxy, 'replay'],
    ['bare paced', bare, 'keyless', rate], ['keyless paced', proxy, 'keyless', rate], ['new paced', proxy, 'new', rate],
  ];
  const results = new Map(runs.map(([name]) => [name, []]));
  for (const [, app, kind] of runs.slice(0, 4)) await load(app, LOADS[kind], 2_000);
  for (let n = 0; n < rounds; n++) {
    for (const [name, app, kind, perSecond] of runs) results.get(name).push(await load(app, LOADS[kind], seconds * 1_000, perSecond));
  }
  const middle = (name, field) => results.get(name).map((result) => result[field]).toSorted((a, b) => a - b)[rounds >> 1];
  for (const [name] of runs) console.log(`${name.padEnd(14)} ${middle(name, 'perSecond')}/s, p50 ${middle(name, 'p50Ms')} ms, p99 ${middle(name, 'p99Ms')} ms  ${JSON.stringify(results.get(name)[0].statuses)}, CPU s per 1,000 ${JSON.stringify(results.get(name)[0].cpuSecondsPerThousand)}; each round: ${results.get(name).map(({ perSecond, p50Ms }) => `${Math.round(perSecond)}/s ${p50Ms} ms`).join(', ')}`);
  console.log(`overhead at the median, of ${rounds} rounds at ${connections} connections: keyless ${round(middle('proxy keyless', 'p50Ms') - middle('bare', 'p50Ms'))} ms, new keys ${round(middle('proxy new', 'p50Ms') - middle('bare', 'p50Ms'))} ms`);
  console.log(`the same at ${rate}/s: keyless ${round(middle('keyless paced', 'p50Ms') - middle('bare paced', 'p50Ms'))} ms, new keys ${round(middle('new paced', 'p50Ms') - middle('bare paced', 'p50Ms'))} ms`);
  console.log(`replays: ${round((100 * middle('proxy replay', 'perSecond')) / middle('bare', 'perSecond'))} % of the bare proxy's rate; new keys: ${middle('proxy new', 'perSecond')}/s`);
} finally {
  for (const app of [proxy, bare, backend]) await app.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
