import type { Clients } from './clients.js';
import type { EndpointSettings, FaultRecord, Origin, PostedEvent } from './history.js';
import type { Rig, RigOptions } from './rig.js';

/** Everything that defines a run. */
export interface RunPlan extends RigOptions {
  readonly endpoints: readonly PlannedEndpoint[];
  /** Whether the promised recovery times apply. They assume the default lease, and a receiver that answers. */
  readonly checksRecovery: boolean;
  /** Limit for the outcomes of all events, counted from the end of the load. */
  readonly quietLimitMs: number;
  /** Of the clients that the run has. */
  readonly origins: readonly Origin[];
  readonly drive: Drive;
}

export interface PlannedEndpoint extends EndpointSettings {
  readonly name: string;
}

/** Posts events and causes faults, once the rig is ready. */
export type Drive = (rig: Rig, clients: Clients, signal: AbortSignal) => Promise<Driven>;

export interface Driven {
  readonly events: readonly PostedEvent[];
  readonly faults: readonly FaultRecord[];
}
