import type { Arrival } from './history.js';

/** How the receiver treats requests. */
export type ReceiverMode =
  | { readonly kind: 'ok' }
  /** Does not listen. */
  | { readonly kind: 'down' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Answers this share of the requests with the status. */
  | { readonly kind: 'failing'; readonly percent: number; readonly status: number }
  /** Reads each request to its end, then resets the connection. */
  | { readonly kind: 'resetting' }
  /** Answers 2xx as odd servers do, and closes connections just as they are used again. */
  | { readonly kind: 'odd'; readonly seed: number };

/** From the harness to the receiver, which replies with the command's number. */
export type ReceiverCommand = { readonly number: number } & (
  | { readonly kind: 'start'; readonly port: number; readonly shards: number }
  | { readonly kind: 'mode'; readonly mode: ReceiverMode }
  | { readonly kind: 'status' }
  | { readonly kind: 'dump'; readonly file: string }
);

export interface ReceiverStatus {
  readonly arrivals: number;
  /** By shard: time of the last arrival. */
  readonly lastMs: readonly number[];
  /** Bodies that differ from what was posted, and requests that no sender should send; one line each. */
  readonly findings: readonly string[];
}

export interface ReceiverReply {
  readonly number: number;
  readonly status: ReceiverStatus;
}

/** An arrival as the receiver records it: it knows neither the endpoints nor their secrets. */
export interface RecordedArrival extends Omit<Arrival, 'endpoint' | 'generations'> {
  readonly path: string;
  /** The headers `webhook-timestamp` and `webhook-signature`. */
  readonly timestamp: string;
  readonly signature: string;
  readonly headersGeneration: number;
}
