import type { FaultRecord, PostedEvent } from './history.js';
import type { PostingClient } from './posting-client.js';
import type { Rig, RigOptions } from './rig.js';

/** Everything that defines a run. */
export interface RunPlan extends RigOptions {
  readonly endpoints: readonly string[];
  /** Whether the promised recovery times apply. They assume the default lease, and a receiver that answers. */
  readonly checksRecovery: boolean;
  /** Limit for the outcomes of all events, counted from the end of the load. */
  readonly quietLimitMs: number;
  readonly drive: Drive;
}

/** Posts events and causes faults, once the rig is ready. */
export type Drive = (rig: Rig, client: PostingClient, signal: AbortSignal) => Promise<Driven>;

export interface Driven {
  readonly events: readonly PostedEvent[];
  readonly faults: readonly FaultRecord[];
}
