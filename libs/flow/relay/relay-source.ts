import type { Message } from 'kafkajs';
import type { OpenSpan } from '#ground/tracing/span';

/** A committed row for Kafka. */
export interface RelayRow {
  /** Order within the shard. */
  readonly sequence: number;
  readonly shard: number;
  /** The topic's full name. */
  readonly topic: string;
  readonly message: Message & { readonly key: string | null; readonly value: Buffer | null };
  /** Of a recorded event. */
  readonly span?: OpenSpan | undefined;
}

/** A table in which rows wait until they are in Kafka. */
export interface RelaySource<Row extends RelayRow> {
  /**
   * Removes rows that were sent to Kafka, and reads the next ones of these shards: of each shard its first ones, in
   * order and without a gap. Empty when nothing waits.
   */
  next(shards: readonly number[], sent: readonly Row[]): Promise<readonly Row[]>;
}

/** Limits of one read and one send: memory and latency stay bounded, however many rows wait. */
export const READ_BOUNDS = {
  /** 500: above it a send's latency grows faster than its rate. */
  rowsPerShard: 500,
  bytesPerShard: 900_000,
  rows: 2_000,
  bytes: 4_194_304,
} as const;
