import type { Rig, RigOptions } from './rig.js';
import type { ScheduledFault } from './schedule.js';

/** All that a run is made of. */
export interface RunPlan extends RigOptions {
  readonly events: number;
  /** The clients' choices; the schedule has been drawn from it. */
  readonly seed: number;
  readonly schedule: readonly ScheduledFault[];
  readonly eventsPerSecond: number;
  /** All runs, and nothing was posted yet. */
  readonly before?: (rig: Rig) => Promise<void>;
  /** All is quiet again; the servers still run. */
  readonly after?: (rig: Rig) => Promise<void>;
}
