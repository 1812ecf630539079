/**
 * npm run bench:overload -- [--seconds S] [--factor N]: what the gateway does with more events than it can accept.
 *
 * It measures the capacity (closed loop, 100 connections), the latency of an unloaded gateway (open loop, a twentieth of
 * the capacity), and then N times the capacity (open loop: an event is due at its time, whether or not earlier ones have
 * an answer). It prints accepted and shed events, and compares the p99 of accepted events, from the write, with the
 * unloaded one. No dispatcher runs: it would share the cores of a small machine, and does not decide what is accepted.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../../scripts/build-if-stale.mjs';
import { checkNode } from '../../scripts/check-node.mjs';
import { stopAllPrograms } from '../harness/processes.mjs';
import { startServers } from '../harness/servers.mjs';
import { createWorkFolder } from '../harness/work-folder.mjs';
import { postOnly } from '../measure/post.mjs';
import { startProduct } from '../pipelines/product.mjs';

const CAPACITY_CONNECTIONS = 100;
/** Low enough that events rarely overlap, high enough for a p99. */
const UNLOADED_SHARE = 0.05;
const BURST_SECONDS = 2;
/** At 10,000 events/s, the events of a twentieth of a second. */
const OVERLOAD_CONNECTIONS = 500;

checkNode();
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' }, factor: { type: 'string', default: '4' } } });
const [seconds, factor] = [Number(values.seconds), Number(values.factor)];
if (!(seconds >= 1 && seconds <= 120 && factor > 0 && factor <= 20)) throw new Error('--seconds must be from 1 to 120, --factor above 0 and at most 20');

await buildIfStale();
const folder = await createWorkFolder();
const servers = await startServers(folder, console.error);
try {
  const pipeline = await startProduct({ servers, folder }, { dispatchers: 0, endpoints: [{ url: 'http://127.0.0.1:9/hook' }] });
  await measure({ pipeline, servers, folder });
  await pipeline.stop();
} finally {
  await stopAllPrograms();
  await servers.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure(setting) {
  const run = async (name, args) => {
    const { summary, findings, usage: { cpuPer1000 } } = await postOnly(setting, args);
    const { accepted, requests, acceptedPerSecond, servedLatency, answers } = summary;
    const shedPerSecond = Math.round((requests - accepted) / summary.seconds);
    console.log(`${name}: accepted ${Math.round(acceptedPerSecond)}/s, shed ${shedPerSecond}/s, accepted p50 ${servedLatency.p50Ms} ms, p99 ${servedLatency.p99Ms} ms; answers ${JSON.stringify(answers)}; CPU s per 1,000 accepted ${JSON.stringify(cpuPer1000)}`);
    if (findings.lost > 0) throw new Error(`${findings.lost} accepted events are not stored`);
    return summary;
  };
  const duration = ['--seconds', String(seconds)];
  await run('warm-up', ['--connections', String(CAPACITY_CONNECTIONS), '--count', '20000', '--seconds', '20']);
  const { acceptedPerSecond: capacity } = await run('capacity', ['--connections', String(CAPACITY_CONNECTIONS), ...duration]);
  const rateOf = (share) => ['--rate', String(Math.round(capacity * share)), ...duration];
  const unloaded = await run('unloaded', rateOf(UNLOADED_SHARE));
  const overload = [...rateOf(factor), '--connections', String(OVERLOAD_CONNECTIONS)];
  // The gateway accepts the first thousand posts as a burst, and they wait longer. They are measured apart.
  await run('burst', [...overload, '--seconds', String(BURST_SECONDS)]);
  const overloaded = await run(`overload ${factor}x`, overload);
  const after = await run('afterwards', rateOf(UNLOADED_SHARE));
  const ratioOf = ({ servedLatency }) => (servedLatency.p99Ms / unloaded.servedLatency.p99Ms).toFixed(1);
  console.log(`p99 of accepted events: ${ratioOf(overloaded)} times the unloaded one (goal: at most 5); afterwards ${ratioOf(after)} times`);
  if (after.accepted < after.requests) throw new Error(`${after.requests - after.accepted} events were refused after the overload`);
}
