import type { KafkaMessage } from 'kafkajs';

/** What the transport hands to a handler: records of one partition, in the log's order. */
export interface ShardBatch {
  readonly shard: number;
  /** Topic without the prefix: `events`, `control`, `retry.5s`. */
  readonly topic: string;
  readonly records: readonly KafkaMessage[];
  readonly firstOffset: number;
  /** Where the log goes on; offsets may be left out in between (a transaction's markers). */
  readonly nextOffset: number;
  /** Whether nothing lies behind this batch in the log. */
  readonly endsLog: boolean;
}

/** What became of a batch. */
export type BatchResult =
  /** Done with all of it: read on. */
  | { readonly kind: 'done' }
  /** Done before this offset; the rest is to come again after a pause. */
  | { readonly kind: 'pause'; readonly fromOffset: number; readonly durationMs: number }
  /** Nothing done; whoever owns the shard opens the partition again. */
  | { readonly kind: 'closed' };
