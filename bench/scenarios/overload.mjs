/**
 * node bench/scenarios/overload.mjs [--seconds S] [--factor N]: what the gateway does with more than it can take.
 *
 * Capacity first (closed loop, 100 connections), then the latency of an unloaded gateway (open loop, a twentieth of
 * it), then N times the capacity (open loop: an event is due at its time, whatever became of those before it). Prints
 * what was accepted and shed, and the p99 of what was accepted, from its writing, against the unloaded one. No dispatcher: it would share
 * the two cores of a small machine, and deliveries don't decide what is accepted.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale } from '../../scripts/build-if-stale.mjs';
import { checkNode } from '../../scripts/check-node.mjs';
import { postOnly } from '../measure/load.mjs';
import { stopAllPrograms } from '../harness/processes.mjs';
import { startProduct } from '../pipelines/product.mjs';
import { startServers } from '../harness/servers.mjs';

const CAPACITY_CONNECTIONS = 100;
/** Few enough that no two events meet often, enough for a p99. */
const UNLOADED_SHARE = 0.05;
const BURST_SECONDS = 2;
/** What a crowd of clients has: the events of a twentieth of a second, at 10,000/s. */
const OVERLOAD_CONNECTIONS = 500;

checkNode();
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '15' }, factor: { type: 'string', default: '4' } } });
const [seconds, factor] = [Number(values.seconds), Number(values.factor)];
if (!(seconds >= 1 && seconds <= 120 && factor > 0 && factor <= 20)) throw new Error('--seconds 1 to 120, --factor up to 20');

await buildIfStale();
const cache = path.join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(path.join(cache, 'lockstep-overload-'));
const { freePort } = await import('#embedded/free-port');
const servers = await startServers(folder, console.error);
try {
  const pipeline = await startProduct({ servers, folder, freePort }, { dispatchers: 0, endpoints: [{ url: 'http://127.0.0.1:9/hook' }] });
  const setting = { pipeline, servers, folder };
  await measure(setting);
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
    // Nothing that was refused is stored, and nothing that was accepted is missing.
    if (findings.lost > 0) throw new Error(`${findings.lost} accepted events are not stored`);
    return summary;
  };
  const duration = ['--seconds', String(seconds)];
  await run('warm-up', ['--connections', String(CAPACITY_CONNECTIONS), '--count', '20000', '--seconds', '20']);
  const { acceptedPerSecond: capacity } = await run('capacity', ['--connections', String(CAPACITY_CONNECTIONS), ...duration]);
  const rateOf = (share) => ['--rate', String(Math.round(capacity * share)), ...duration];
  const unloaded = await run('unloaded', rateOf(UNLOADED_SHARE));
  const crowd = [...rateOf(factor), '--connections', String(OVERLOAD_CONNECTIONS)];
  // The first thousand are let in as a burst, and wait: that is on purpose, and over in a second.
  await run('its begin', [...crowd, '--seconds', String(BURST_SECONDS)]);
  const overloaded = await run(`overload ${factor}x`, crowd);
  const after = await run('afterwards', rateOf(UNLOADED_SHARE));
  const ratioOf = ({ servedLatency }) => (servedLatency.p99Ms / unloaded.servedLatency.p99Ms).toFixed(1);
  console.log(`p99 of what was accepted: ${ratioOf(overloaded)} times the unloaded one (goal: at most 5); afterwards ${ratioOf(after)} times`);
  if (after.accepted < after.requests) throw new Error(`${after.requests - after.accepted} were refused after the overload`);
}
