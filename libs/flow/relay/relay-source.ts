import type { Message } from 'kafkajs';

/** A committed row on its way to Kafka. */
export interface RelayRow {
  /** Order within the shard. */
  readonly sequence: number;
  readonly shard: number;
  /** The topic's full name. */
  readonly topic: string;
  readonly message: Message & { readonly key: string | null; readonly value: Buffer | null };
}

/** Where rows wait until they are in Kafka. */
export interface RelaySource<Row extends RelayRow> {
  /**
   * Removes the rows that were moved to Kafka, and reads what waits next in these shards: of each its first ones without
   * a gap, in order. Empty when nothing waits.
   */
  next(shards: readonly number[], moved: readonly Row[]): Promise<readonly Row[]>;
}

/** What one read may bring and one send may take, so that memory and latency stay bounded whatever waits. */
export const READ_BOUNDS = {
  /** 500: above it a send's latency grows faster than its rate. */
  rowsPerShard: 500,
  bytesPerShard: 900_000,
  rows: 2_000,
  bytes: 4_194_304,
} as const;
