import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkDeliveries, parseArrivals, parseLog } from './check.mjs';
import { cpuPerThousand, cpuSeconds } from './cpu.mjs';
import { startProgram } from './processes.mjs';

// No arrival for so long: what is missing by then is lost.
const SILENCE_MS = 15_000;

/** The receiver of a whole run, in a process of its own. */
export async function startReceiver(folder, port) {
  const program = startProgram({ name: 'receiver', file: path.join(import.meta.dirname, 'receiver.mjs'), env: { PATH: process.env.PATH, PORT: String(port) }, folder });
  await program.whenReady(program.hasReported);
  const url = `http://127.0.0.1:${port}`;
  const get = async (target) => (await fetch(`${url}${target}`)).text();
  return {
    pid: program.pid,
    url: `${url}/hook`,
    reset: () => fetch(`${url}/reset`, { method: 'POST' }),
    arrivals: async () => parseArrivals(await get('/arrivals')),
    /** Resolves when so many distinct events have arrived, or when no more come. */
    waitFor: async (events) => {
      let seen = -1;
      let changedAt = performance.now();
      for (;;) {
        const { distinct } = JSON.parse(await get('/stats'));
        if (distinct >= events) return;
        if (distinct !== seen) [seen, changedAt] = [distinct, performance.now()];
        else if (performance.now() - changedAt > SILENCE_MS) return;
        await delay(100);
      }
    },
  };
}

/** Posts events to the pipeline in a process of its own; what it printed, and each event. */
async function post(pipeline, folder, args) {
  const log = path.join(folder, 'posted.csv');
  const program = startProgram({
    name: 'load-generator',
    file: path.join(import.meta.dirname, 'load-generator.mjs'),
    args: [...pipeline.loadArguments, ...args, '--log', log],
    env: { PATH: process.env.PATH },
    folder,
    capture: true,
  });
  const result = await program.exited;
  if (result !== 0) throw program.failure(`ended (${result})`);
  const summary = JSON.parse(await program.output);
  const posted = parseLog(readFileSync(log, 'utf8'));
  rmSync(log);
  return { summary, posted };
}

/** Posts events and measures what the pipeline took for it, without waiting for deliveries. */
export async function postOnly({ pipeline, folder, pids }, args) {
  const storedBefore = await pipeline.countStored();
  const before = cpuSeconds(pids);
  const { summary } = await post(pipeline, folder, args);
  const cpu = cpuPerThousand(before, cpuSeconds(pids), summary.accepted);
  const stored = (await pipeline.countStored()) - storedBefore;
  return { summary, cpuPer1000: withGenerator(cpu, summary), findings: { lost: Math.max(0, summary.accepted - stored) } };
}

/** Posts events, waits until all are delivered, and checks each of them. */
export async function postAndDeliver({ pipeline, receiver, folder, pids }, args) {
  await receiver.reset();
  const before = cpuSeconds(pids);
  const { summary, posted } = await post(pipeline, folder, args);
  await receiver.waitFor(summary.accepted);
  const cpu = cpuPerThousand(before, cpuSeconds(pids), summary.accepted);
  const arrivals = await receiver.arrivals();
  return { summary, posted, arrivals, cpuPer1000: withGenerator(cpu, summary), findings: checkDeliveries(posted, arrivals) };
}

function withGenerator(cpu, { cpuSeconds: generatorSeconds, accepted }) {
  return { ...cpu, 'load-generator': Math.round((generatorSeconds / accepted) * 1e6) / 1e3 };
}
