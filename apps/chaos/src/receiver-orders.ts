import type { Arrival } from './history.js';

/** How a receiver treats what arrives. */
export type ReceiverMode =
  | { readonly kind: 'ok' }
  /** It does not listen. */
  | { readonly kind: 'down' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** That share of the requests, in per cent, gets a 500. */
  | { readonly kind: 'failing'; readonly percent: number }
  /** Each request is read to its end; then the connection is reset. */
  | { readonly kind: 'resetting' };

/** What the harness tells the receiver; each is answered with its number. */
export type ReceiverOrder = { readonly number: number } & (
  | { readonly kind: 'start'; readonly port: number; readonly shards: number }
  | { readonly kind: 'mode'; readonly mode: ReceiverMode }
  | { readonly kind: 'status' }
  | { readonly kind: 'dump'; readonly file: string }
);

export interface ReceiverStatus {
  readonly arrivals: number;
  /** When something last arrived, by shard. */
  readonly lastMs: readonly number[];
  /** Bodies that are not what was posted, one line each. */
  readonly damaged: readonly string[];
}

export interface ReceiverReply {
  readonly number: number;
  readonly status: ReceiverStatus;
}

/** As the receiver writes them: it knows an endpoint by its path only. */
export type RecordedArrival = Omit<Arrival, 'endpoint'> & { readonly path: string };
