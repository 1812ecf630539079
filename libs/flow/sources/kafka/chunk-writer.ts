import { isPoison, isTimeout } from '#ground/postgres/sql-errors';
import type { Logger } from '#ground/telemetry/logger';
import type { AssignedPartitions } from './assigned-partitions.js';
import type { PostgresRetries } from './postgres-retries.js';
import type { RecordAcceptor } from './record-acceptor.js';
import { type Advance, halvesOf, type RecordChunk } from './record-chunk.js';
import { invalidRecord } from './source-record.js';
import type { Halt } from './source-report.js';
import type { ReachedTopic } from './source-topic.js';

export interface ChunkWriterOptions {
  readonly topic: ReachedTopic;
  readonly partitions: AssignedPartitions;
  readonly acceptor: Pick<RecordAcceptor, 'accept'>;
  readonly retries: PostgresRetries;
  readonly logger: Logger;
  /** Aborted when the session ends. */
  readonly ending: AbortSignal;
}

/** Stores chunks until Postgres says where each of their partitions is: moved, elsewhere, or halted at a record. */
export class ChunkWriter {
  constructor(private readonly options: ChunkWriterOptions) {}

  /** Stores a chunk; one at a time. @throws what Postgres throws, unless it may pass; what kafkajs throws */
  store(chunk: RecordChunk): Promise<void> {
    return this.storePart(chunk, new Set());
  }

  /** Stops a partition at a record that cannot be an event. */
  halt(halt: Halt): void {
    const { partition, offset, invalid: { reason } } = halt;
    const { partitions, topic: { of: { source, topic } }, logger } = this.options;
    partitions.halt(halt);
    logger.warn({ source: source.publicId, topic, partition, offset, reason }, 'A source has stopped at a record that cannot be an event');
  }

  /** @param stopped partitions that have stopped at a record of this chunk, which the others do without */
  private async storePart(part: RecordChunk, stopped: Set<number>): Promise<void> {
    const { topic, acceptor, retries } = this.options;
    const goesOn = ({ partition }: { readonly partition: number }): boolean => !stopped.has(partition);
    const left = stopped.size === 0 ? part : { entries: part.entries.filter(goesOn), advances: part.advances.filter(goesOn) };
    try {
      const moved = await retries.run(() => acceptor.accept(topic.of, left), (error) => left.entries.length > 1 && isTimeout(error));
      await this.settle(left.advances, moved);
    } catch (error) {
      if (!isPoison(error) && !isTimeout(error)) throw error;
      await this.isolate(left, stopped, error);
    }
  }

  /** Postgres can't store one of the records, or not so many in a statement's time. It gets halves, down to one record. */
  private async isolate(chunk: RecordChunk, stopped: Set<number>, error: unknown): Promise<void> {
    const { topic, ending } = this.options;
    const [entry] = chunk.entries;
    if (entry === undefined || ending.aborted) throw error;
    if (chunk.entries.length > 1) {
      for (const half of halvesOf(chunk)) await this.storePart(half, stopped);
      return;
    }
    if (entry.read.kind === 'invalid') throw error;
    const invalid = invalidRecord(`Postgres can't store it: ${error instanceof Error ? error.message : ''}`);
    if (topic.settings.onInvalid === 'park') return this.storePart({ ...chunk, entries: [{ ...entry, read: invalid }] }, stopped);
    stopped.add(entry.partition);
    this.halt({ partition: entry.partition, offset: entry.offset, invalid });
  }

  /**
   * Where the position was another one, this statement stored nothing: another gateway has read on, or an answer was lost,
   * and the statement before has stored it.
   */
  private async settle(advances: readonly Advance[], moved: ReadonlySet<number>): Promise<void> {
    const { topic, partitions, retries, logger } = this.options;
    for (const { partition, nextOffset } of advances) if (moved.has(partition)) partitions.onStored(partition, nextOffset);
    const others = advances.filter(({ partition }) => !moved.has(partition) && partitions.isAssigned(partition));
    if (others.length === 0) return;
    const positions = await retries.run(() => topic.positions());
    const isStored = ({ partition, nextOffset }: Advance): boolean => positions.get(partition) === nextOffset;
    for (const { partition, nextOffset } of others.filter(isStored)) partitions.onStored(partition, nextOffset);
    const elsewhere = others.filter((advance) => !isStored(advance)).map(({ partition }) => partition);
    if (elsewhere.length === 0) return;
    logger.debug({ source: topic.of.source.publicId, partitions: elsewhere }, 'Positions were moved elsewhere; reading on from there');
    partitions.resume(elsewhere);
    await partitions.read(elsewhere);
  }
}
