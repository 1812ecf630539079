import { mintId } from '#domain/ids';
import { shardOf } from '#domain/shard';
import type { InvalidRecord, ReadRecord, RecordEvent, SourceRecord } from './source-record.js';

/** A partition whose position moves with a chunk. */
export interface Advance {
  readonly partition: number;
  readonly expectedOffset: number;
  readonly nextOffset: number;
}

/** A record of a chunk, with what was read of it. */
export interface ChunkEntry {
  readonly partition: number;
  readonly offset: number;
  readonly record: SourceRecord;
  readonly read: ReadRecord;
}

/** Records that are stored in one statement. Those of a partition are in its order, and none between them is left out. */
export interface RecordChunk {
  readonly advances: readonly Advance[];
  readonly entries: readonly ChunkEntry[];
}

/** An event of a chunk, to be stored. */
export interface ChunkEvent {
  readonly event: RecordEvent;
  /** The event's id, a UUIDv7. */
  readonly id: string;
  readonly partition: number;
  readonly shard: number;
}

/** A record of a chunk for the `dlq` topic. */
export interface ChunkRefusal {
  readonly entry: ChunkEntry;
  readonly invalid: InvalidRecord;
}

/** What a chunk consists of. */
export interface SortedChunk {
  readonly events: readonly ChunkEvent[];
  readonly refusals: readonly ChunkRefusal[];
  readonly skipped: readonly ChunkEntry[];
}

/** Events get their ids here, in order. */
export function sorted({ entries }: RecordChunk, tenant: string, shards: number): SortedChunk {
  const events: ChunkEvent[] = [];
  const refusals: ChunkRefusal[] = [];
  const skipped: ChunkEntry[] = [];
  for (const entry of entries) {
    const { read, partition } = entry;
    if (read.kind === 'invalid') refusals.push({ entry, invalid: read });
    else if (read.kind === 'skipped') skipped.push(entry);
    else events.push({ event: read, id: mintId(), partition, shard: shardOf(tenant, read.entity, shards) });
  }
  return { events, refusals, skipped };
}

/** Two chunks that have the same effect one after the other. @param chunk with two entries or more */
export function halvesOf({ advances, entries }: RecordChunk): readonly [RecordChunk, RecordChunk] {
  const middle = Math.ceil(entries.length / 2);
  const [first, second] = [entries.slice(0, middle), entries.slice(middle)];
  const border = (advance: Advance): number => {
    const [left] = second.filter(({ partition }) => partition === advance.partition);
    return left?.offset ?? advance.nextOffset;
  };
  const borders = advances.map((advance) => ({ ...advance, border: border(advance) }));
  return [
    { entries: first, advances: borders.filter(({ border: to, expectedOffset }) => to > expectedOffset).map(({ border: nextOffset, partition, expectedOffset }) => ({ partition, expectedOffset, nextOffset })) },
    { entries: second, advances: borders.filter(({ border: from, nextOffset }) => nextOffset > from).map(({ border: expectedOffset, partition, nextOffset }) => ({ partition, expectedOffset, nextOffset })) },
  ];
}
