/**
 * A run as recorded outside the system: the clients' answers, the receiver's requests, the faults. All times are
 * milliseconds of the machine's monotonic clock (`nowMs`), which all processes share.
 */
export interface History {
  readonly events: readonly PostedEvent[];
  readonly endpoints: readonly Endpoint[];
  /** Of all endpoints, in order of arrival. */
  readonly arrivals: readonly Arrival[];
  readonly faults: readonly FaultRecord[];
  /** Of endpoints, in order. */
  readonly changes: readonly Change[];
  /** As Postgres has them at the end. */
  readonly deliveries: readonly Delivery[];
  /** Writes by a former owner, found by the harness's triggers in Postgres; one line each. */
  readonly staleWrites: readonly string[];
  /** Records in the `dlq` topic that report a foreign record, or one that could not be an event; one line each. */
  readonly parked: readonly string[];
  /** The output of `npm run verify`; undefined if the ledger is balanced. */
  readonly imbalance: string | undefined;
  readonly retryScheduleMs: readonly number[];
}

export const ORIGINS = ['api', 'webhook', 'topic'] as const;

/** How a client gets its events in: posts to the API, signed webhooks, or records of a topic. The entities of a client are its own. */
export type Origin = (typeof ORIGINS)[number];

/** An event and all tries to get it in, which have the same key and body. A record of a topic has one. */
export interface PostedEvent {
  readonly origin: Origin;
  readonly key: string;
  readonly entity: string;
  readonly tries: readonly Try[];
  /** Of an event from a topic, if it is there at the end. */
  readonly record?: TopicRecord;
}

/** A record of the run's topic, as Kafka has it at the end. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  /** The events that Postgres has for it. */
  readonly eventIds: readonly string[];
}

export interface Try {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly answer: Answer;
}

export type Answer =
  /** `replayed`: the gateway knew the key already. */
  | { readonly kind: 'accepted'; readonly eventId: string; readonly replayed: boolean }
  /** The gateway stored nothing. */
  | { readonly kind: 'refused'; readonly status: number }
  /** Kafka has stored the record. It becomes an event later. */
  | { readonly kind: 'acknowledged' }
  /** The event may be stored: the connection broke, or Postgres did not answer the gateway. */
  | { readonly kind: 'unknown' };

/** What an endpoint is created with, besides its URL and headers. */
export interface EndpointSettings {
  /** Default: none. */
  readonly rateLimit?: RateLimit;
  /** Its filter: it gets events whose amount is higher. Default: all events. */
  readonly amountAbove?: number;
  /** It starts in the past, with the events that were accepted from then on; 0: with the first one. */
  readonly startsAtMs?: number;
}

export interface Endpoint extends EndpointSettings {
  readonly id: string;
  /** Events sent later must be routed to the endpoint. */
  readonly createdAtMs: number;
  /** Limit of an attempt. */
  readonly timeoutMs: number;
}

/** `burst` requests at once, and `perSecond` in the long run. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A setting whose value tells its generation: 1 when the endpoint is created, one more with each change. */
export type Setting = 'url' | 'secret' | 'headers';

/** A change of an endpoint that was answered. */
export type Change = {
  readonly endpoint: string;
  /** Of the first call. It may have been repeated. */
  readonly sentAtMs: number;
  /** Of the call that succeeded. */
  readonly answeredAtMs: number;
} & ({ readonly setting: Setting; readonly generation: number } | { readonly setting: 'status'; readonly status: 'active' | 'paused' });

/** A request, as the receiver recorded it. */
export interface Arrival {
  readonly endpoint: string;
  readonly eventId: string;
  readonly deliveryId: string;
  readonly entity: string;
  /** From the body: the key of the posted event. */
  readonly key: string;
  readonly sequence: number;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly replayed: boolean;
  /** Of the settings that the request shows. `secret`: the newest one that signed it; 0 if none did. */
  readonly generations: Readonly<Record<Setting, number>>;
  readonly arrivedAtMs: number;
  /** When the answer was complete or the connection closed. */
  readonly endedAtMs: number;
  /** Of a complete answer; undefined if the receiver reset the connection or the sender closed it. */
  readonly status: number | undefined;
  /** What was odd about the answer, if anything. */
  readonly oddity: string | undefined;
  /** Instead of answering, the receiver closed a connection that had been used before, or sent the rest of an earlier answer. */
  readonly closedReused: boolean;
}

export interface Delivery {
  readonly endpoint: string;
  readonly eventId: string;
  /** 0, or the number of the replay that created it. */
  readonly replay: number;
  readonly sequence: number;
  readonly status: 'pending' | 'delivered' | 'dead' | 'discarded';
}

export interface FaultRecord {
  readonly kind: FaultKind;
  /** For example `dispatcher 1` or `gateway 0 – Kafka`. */
  readonly target: string;
  readonly fromMs: number;
  /** When its effect was undone: the process runs, the network works. */
  readonly untilMs: number;
}

export const FAULT_KINDS = [
  'kill', 'freeze', 'restart',
  'kill-postgres', 'restart-postgres', 'kill-kafka', 'restart-kafka',
  'cut', 'delay', 'half-open', 'reset', 'isolate-from-kafka', 'isolate-from-postgres', 'isolate-from-both',
  'delete-log', 'recreate-topics', 'step-clock',
  'receiver-down', 'receiver-slow', 'receiver-failing', 'receiver-resetting', 'receiver-odd',
  'change-url', 'change-headers', 'rotate-secret', 'pause-endpoint', 'add-endpoint', 'add-past-endpoint', 'replay-dead-letters',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
