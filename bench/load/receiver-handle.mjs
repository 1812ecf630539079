import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProgram } from '../harness/processes.mjs';
import { parseArrivals } from '../measure/check.mjs';

/** After so long without an arrival, missing events count as lost. */
const SILENCE_MS = 15_000;

/** The path that a single endpoint's deliveries go to. */
export const MAIN_HOOK = '/hook';

/** Starts the receiver of a whole run as a process of its own. */
export async function startReceiver(folder, port) {
  const program = startProgram({ name: 'receiver', file: path.join(import.meta.dirname, 'receiver.mjs'), env: { PATH: process.env.PATH, PORT: String(port) }, folder });
  await program.whenReady(program.hasReported);
  const origin = `http://127.0.0.1:${port}`;
  const get = async (target, hook) => (await fetch(`${origin}${target}?hook=${encodeURIComponent(hook)}`)).text();
  const send = (target, body) => fetch(`${origin}${target}`, { method: 'POST', body });
  return {
    pid: program.pid,
    urlOf: (hook) => `${origin}${hook}`,
    reset: () => send('/reset'),
    /** @param {{ delayMs?: number, failEvery?: number, fails?: boolean, silent?: boolean }} behaviour by default, the hook answers 200 at once */
    behave: (hook, behaviour = {}) => send('/behave', JSON.stringify({ hook, ...behaviour })),
    arrivals: async (hook = MAIN_HOOK) => parseArrivals(await get('/arrivals', hook)),
    /** Resolves when the given number of distinct events has arrived, or after 15 s without an arrival. */
    waitFor: async (events, hook = MAIN_HOOK) => {
      let seen = -1;
      let changedAt = performance.now();
      for (;;) {
        const { distinct } = JSON.parse(await get('/stats', hook));
        if (distinct >= events) return;
        if (distinct !== seen) [seen, changedAt] = [distinct, performance.now()];
        else if (performance.now() - changedAt > SILENCE_MS) return;
        await delay(100);
      }
    },
  };
}
