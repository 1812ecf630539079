import type { Rig } from './rig.js';
import type { ScheduledFault } from './schedule.js';
import type { Topology } from './topology.js';

/** All that a run is made of. */
export interface RunPlan {
  /** Where the apps' build is: `dist`, or that of a mutant. */
  readonly distFolder: string;
  readonly events: number;
  /** The clients' choices; the schedule has been drawn from it. */
  readonly seed: number;
  readonly schedule: readonly ScheduledFault[];
  readonly topology: Topology;
  readonly eventsPerSecond: number;
  readonly leaseTtlMs: number;
  readonly retryScheduleMs: readonly number[];
  /** More of the apps' environment, or other values. */
  readonly settings: Readonly<Record<string, string>>;
  /** All runs, and nothing was posted yet. */
  readonly before?: (rig: Rig) => Promise<void>;
  /** All is quiet again; the servers still run. */
  readonly after?: (rig: Rig) => Promise<void>;
}
