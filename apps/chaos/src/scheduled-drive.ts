import { FaultRunner } from './fault-runner.js';
import { Load } from './load.js';
import type { Drive } from './run-plan.js';
import type { ScheduledFault } from './schedule.js';

const PROGRESS_MS = 10_000;

export interface ScheduledDrive {
  readonly events: number;
  readonly eventsPerSecond: number;
  /** The clients' choices; the schedule has been drawn from it. */
  readonly seed: number;
  readonly schedule: readonly ScheduledFault[];
}

/** So many events, posted steadily, and the faults of a schedule on the way. */
export function scheduled({ events, eventsPerSecond, seed, schedule }: ScheduledDrive): Drive {
  return async (rig, client, signal) => {
    const load = new Load(client, { seed, events, perSecond: eventsPerSecond });
    const stopLoad = (): void => load.stop();
    signal.addEventListener('abort', stopLoad);
    // A load that has failed must not leave the faults waiting for its events.
    const failed = new AbortController();
    const faults = new FaultRunner(rig, load, AbortSignal.any([signal, failed.signal]));
    const progress = setInterval(() => rig.say(`${load.accepted} of ${events} events accepted`), PROGRESS_MS);
    const loading = load.run().catch((error: unknown) => {
      rig.findings.push(`the load ended: ${error instanceof Error ? error.message : String(error)}`);
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
