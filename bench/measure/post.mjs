import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from '../harness/processes.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { checkDeliveries, parseLog } from './check.mjs';
import { round } from './statistics.mjs';
import { startUsage } from './usage.mjs';

const LOAD_GENERATOR = path.join(import.meta.dirname, '..', 'load', 'load-generator.mjs');

/**
 * What a measurement needs.
 * @typedef {object} Setting
 * @property {object} pipeline
 * @property {object} servers
 * @property {object} receiver
 * @property {string} folder for files of this run
 */

/** Runs the load generator against the pipeline. @returns its summary, and every event with its answer */
async function post({ pipeline, folder }, args) {
  const log = path.join(folder, 'posted.csv');
  const program = startProgram({
    name: 'load-generator',
    file: LOAD_GENERATOR,
    args: [...pipeline.loadArguments, ...args, '--log', log],
    env: { PATH: process.env.PATH },
    folder,
    capture: true,
  });
  const result = await program.exited;
  if (result !== 0) throw program.failure(`exited (${result})`);
  const summary = JSON.parse(await program.output);
  const posted = parseLog(readFileSync(log, 'utf8'));
  rmSync(log);
  return { summary, posted };
}

/**
 * Posts events and measures the costs, without waiting for deliveries.
 * @param {() => Promise<void>} [settled] resolves when the work that these events cause is done
 */
export async function postOnly(setting, args, settled = async () => undefined) {
  const storedBefore = await setting.pipeline.countEvents();
  const endUsage = await startUsage(setting);
  const { summary } = await post(setting, args);
  await settled();
  const usage = withGenerator(await endUsage(summary.accepted), summary);
  const stored = (await setting.pipeline.countEvents()) - storedBefore;
  return { summary, usage, stored, findings: { lost: Math.max(0, summary.accepted - stored) } };
}

/**
 * Posts events, waits until each hook has received all of them, and checks every delivery.
 * @param {string[]} [hooks] the result's `arrivals` are those of the first
 */
export async function postAndDeliver(setting, args, hooks = [MAIN_HOOK]) {
  const { receiver } = setting;
  await receiver.reset();
  const endUsage = await startUsage(setting);
  const { summary, posted } = await post(setting, args);
  await Promise.all(hooks.map((hook) => receiver.waitFor(summary.accepted, hook)));
  const usage = withGenerator(await endUsage(summary.accepted), summary);
  const arrivals = await Promise.all(hooks.map((hook) => receiver.arrivals(hook)));
  const findings = sumOf(arrivals.map((each) => checkDeliveries(posted, each)));
  return { summary, posted, arrivals: arrivals[0], deliveries: arrivals.flat().length, lastArrivedMs: Math.max(...arrivals.map(lastOf)), usage, findings };
}

function lastOf(arrivals) {
  return arrivals.at(-1)?.arrivedMs ?? Infinity;
}

/** @param {Record<string, number>[]} counts with the same names */
function sumOf(counts) {
  return counts.reduce((sum, each) => Object.fromEntries(Object.entries(each).map(([name, count]) => [name, count + (sum[name] ?? 0)])), {});
}

function withGenerator({ cpuPer1000, ...usage }, { cpuSeconds, accepted }) {
  return { cpuPer1000: { ...cpuPer1000, 'load-generator': round((cpuSeconds / accepted) * 1_000) }, ...usage };
}
