/**
 * What happened in a run, as it was recorded outside the system: what clients were told, what receivers saw, which
 * faults there were. All times are milliseconds of the machine's monotonic clock (`nowMs`), which the harness and the
 * receiver's process share.
 */
export interface History {
  readonly events: readonly PostedEvent[];
  readonly endpoints: readonly Endpoint[];
  /** In the order in which they arrived, of all endpoints. */
  readonly arrivals: readonly Arrival[];
  readonly faults: readonly FaultRecord[];
  /** What the system says became of it, once all is quiet. */
  readonly deliveries: readonly Delivery[];
  /** What triggers of the harness's own saw in Postgres that must never be there, one line each. */
  readonly witnessed: readonly string[];
  /** Dead letters in the `dlq` topic that say a record was foreign, without those that the harness made so. */
  readonly parked: readonly string[];
  /** What `npm run verify` printed, unless it said that all is balanced. */
  readonly imbalance: string | undefined;
  readonly retryScheduleMs: readonly number[];
}

/** One event, posted until it was accepted, and some of them once more; always with the same key and body. */
export interface PostedEvent {
  readonly key: string;
  readonly entity: string;
  readonly tries: readonly Try[];
}

export interface Try {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly answer: Answer;
}

export type Answer =
  /** `replayed`: it said that it knew the key. */
  | { readonly kind: 'accepted'; readonly eventId: string; readonly replayed: boolean }
  /** It said that nothing was stored. */
  | { readonly kind: 'refused'; readonly status: number }
  /** The connection broke, or the gateway didn't know either: it may have been stored. */
  | { readonly kind: 'unknown' };

export interface Endpoint {
  readonly id: string;
  /** Events sent after this must have been routed to it. */
  readonly createdAtMs: number;
  /** Of an attempt. */
  readonly timeoutMs: number;
}

/** A request as a receiver saw it. */
export interface Arrival {
  readonly endpoint: string;
  readonly eventId: string;
  readonly deliveryId: string;
  readonly entity: string;
  /** From the body: which post this is. */
  readonly key: string;
  readonly sequence: number;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly replayed: boolean;
  readonly arrivedAtMs: number;
  /** When the answer was complete, or the connection was gone. */
  readonly endedAtMs: number;
  /** The status that was sent in full; undefined: the receiver reset the connection, or the sender closed it. */
  readonly status: number | undefined;
}

/** A delivery as Postgres has it at the end. */
export interface Delivery {
  readonly endpoint: string;
  readonly eventId: string;
  /** 0, or the number of the replay that made it. */
  readonly replay: number;
  readonly sequence: number;
  readonly status: 'pending' | 'delivered' | 'dead' | 'discarded';
}

export interface FaultRecord {
  readonly kind: FaultKind;
  /** What it hit, in words: `dispatcher 1`, `gateway 0 – Kafka`. */
  readonly target: string;
  readonly fromMs: number;
  /** When all was as before again: the process runs, the network is whole. */
  readonly untilMs: number;
}

/** Every fault that the harness can cause. */
export const FAULT_KINDS = [
  'kill', 'freeze', 'restart',
  'kill-postgres', 'restart-postgres', 'kill-kafka', 'restart-kafka',
  'cut', 'delay', 'half-open', 'reset', 'isolate-from-kafka', 'isolate-from-postgres', 'isolate-from-both',
  'delete-log', 'recreate-topics', 'step-clock',
  'receiver-down', 'receiver-slow', 'receiver-failing', 'receiver-resetting',
  'pause-endpoint', 'add-endpoint', 'replay-dead-letters',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
