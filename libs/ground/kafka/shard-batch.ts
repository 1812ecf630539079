import type { KafkaMessage } from 'kafkajs';

/** What the transport passes to a handler: records of one partition, in the log's order. */
export interface ShardBatch {
  readonly shard: number;
  /** Topic without the prefix: `events`, `control`, `retry.5s`. */
  readonly topic: string;
  readonly records: readonly KafkaMessage[];
  readonly firstOffset: number;
  /** Offset after the batch. Offsets inside it may be missing, such as those of a transaction's markers. */
  readonly nextOffset: number;
  /** Offset after the log's last record when the batch was fetched. */
  readonly logEnd: number;
  /** Whether the log ends with this batch. */
  readonly endsLog: boolean;
}

/** A handler's answer to a batch. */
export type BatchResult =
  /** All records are done. */
  | { readonly kind: 'done' }
  /** The records before this offset are done; the others come again after the pause. */
  | { readonly kind: 'pause'; readonly fromOffset: number; readonly durationMs: number }
  /** Nothing is done. The partition stays paused until its shard is opened again. */
  | { readonly kind: 'closed' };
