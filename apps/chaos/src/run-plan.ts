import type { FaultRecord, PostedEvent } from './history.js';
import type { PostingClient } from './posting-client.js';
import type { Rig, RigOptions } from './rig.js';

/** All that a run is made of. */
export interface RunPlan extends RigOptions {
  readonly endpoints: readonly string[];
  /** Whether what is promised of recoveries holds: with default settings, and a receiver that answers while others fail. */
  readonly recoversInTime: boolean;
  /** How long after the load everything may take to have its outcome. */
  readonly quietLimitMs: number;
  readonly drive: Drive;
}

/** What happens between "all is ready" and "wait until all is quiet": puts load on the rig, and causes the faults. */
export type Drive = (rig: Rig, client: PostingClient, signal: AbortSignal) => Promise<Driven>;

export interface Driven {
  readonly events: readonly PostedEvent[];
  readonly faults: readonly FaultRecord[];
}
