import { FaultRunner } from './fault-runner.js';
import { MixedLoad } from './mixed-load.js';
import type { Drive } from './run-plan.js';
import type { ScheduledFault } from './schedule.js';

const PROGRESS_MS = 10_000;

export interface ScheduledDrive {
  readonly events: number;
  readonly eventsPerSecond: number;
  /** For the clients' choices. The schedule is drawn from it too. */
  readonly seed: number;
  readonly schedule: readonly ScheduledFault[];
}

/** Sends events of all origins at a steady rate, and causes the faults of a schedule. */
export function scheduled({ events, eventsPerSecond, seed, schedule }: ScheduledDrive): Drive {
  return async (rig, clients, signal) => {
    const load = new MixedLoad((origin) => clients.of(origin), { seed, events, perSecond: eventsPerSecond });
    const stopLoad = (): void => load.stop();
    signal.addEventListener('abort', stopLoad);
    // If the load fails, faults must not wait for its events.
    const failed = new AbortController();
    const faults = new FaultRunner(rig, load, AbortSignal.any([signal, failed.signal]));
    const progress = setInterval(() => rig.say(`${load.accepted} of ${events} events accepted`), PROGRESS_MS);
    const loading = load.run().catch((error: unknown) => {
      rig.findings.push(`the load failed: ${error instanceof Error ? error.message : String(error)}`);
      failed.abort();
    });
    try {
      await faults.run(schedule);
      await loading;
    } finally {
      load.stop();
      await loading;
      clearInterval(progress);
      signal.removeEventListener('abort', stopLoad);
    }
    return { events: load.posted, faults: faults.records };
  };
}
