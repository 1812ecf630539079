import type { LogEnds } from '#ground/kafka/log-ends';
import { sourceLag } from './kafka-sources.metrics.js';
import { type FetchedRecords, PartitionQueue } from './partition-queue.js';
import type { PostgresRetries } from './postgres-retries.js';
import type { SourceConsumer } from './source-consumer.js';
import type { Halt, PartitionReport } from './source-report.js';
import type { ReachedTopic } from './source-topic.js';

/**
 * Fetched records of all partitions in memory; a full fetch comes on top. Fetching begins again at half of it, which is some
 * 3,000 records: more than are stored until they come.
 */
const MAX_QUEUED_BYTES = 4_194_304;

/**
 * The partitions that the group has assigned to a session: from where each is read, what was fetched of it, and which have
 * stopped at an invalid record. Fetching waits while the queues are full.
 */
export class AssignedPartitions {
  private assigned: readonly number[] = [];
  /** Of the partitions that are read. */
  private readonly queues = new Map<number, PartitionQueue>();
  /** Of the partitions that have stopped at an invalid record. */
  private readonly halted = new Map<number, Halt>();
  /** Where the logs began and ended when they were looked at. */
  private readonly startOffsets = new Map<number, number>();
  private readonly endOffsets = new Map<number, number>();
  private readonly storedOffsets = new Map<number, number>();

  /** @param ending aborted when the session ends */
  constructor(
    private readonly topic: ReachedTopic,
    private readonly consumer: SourceConsumer,
    private readonly retries: PostgresRetries,
    private readonly ending: AbortSignal,
  ) {}

  /**
   * Replaces all of them, and reads them from their stored positions: another member may have moved those.
   * @param after what may still move positions here
   * @throws what kafkajs throws; what Postgres throws, unless it may pass
   */
  assign(partitions: readonly number[], after: Promise<void>): Promise<void> {
    this.forget(this.assigned.filter((partition) => !partitions.includes(partition)));
    this.assigned = partitions;
    this.queues.clear();
    return this.read(partitions, after);
  }

  /** Reads partitions from their stored positions on, unless they have halted. @param after what may still move them @throws as `assign` */
  async read(partitions: readonly number[], after: Promise<void> = Promise.resolve()): Promise<void> {
    if (partitions.length === 0) return;
    const { assigned } = this;
    for (const partition of partitions) {
      this.queues.delete(partition);
      this.consumer.close(partition);
    }
    // A statement that is awaited may stop partitions at a record.
    await after;
    const positions = await this.retries.run(() => this.topic.positions(partitions));
    if (this.assigned !== assigned || this.ending.aborted) return;
    for (const partition of partitions) {
      if (this.halted.has(partition)) continue;
      const position = positions.get(partition);
      if (position === undefined) throw new Error(`Kafka has assigned partition ${partition} of ${this.topic.of.topic}, and does not know it`);
      this.queues.set(partition, new PartitionQueue(partition, position));
      this.storedOffsets.set(partition, position);
      this.consumer.read(partition, position);
    }
    this.releaseIfLow();
  }

  /** Reads all that are read again, from their stored positions on. @param after what may still move them @throws as `assign` */
  readAll(after: Promise<void>): Promise<void> {
    return this.read([...this.queues.keys()], after);
  }

  /** Queues what the consumer has fetched. */
  push(partition: number, fetched: FetchedRecords, endOffset: number): void {
    this.endOffsets.set(partition, endOffset);
    this.queues.get(partition)?.push(fetched);
    if (this.queuedBytes() > MAX_QUEUED_BYTES) this.consumer.hold();
  }

  /** Lets the consumer fetch again if records were taken. */
  releaseIfLow(): void {
    if (this.queuedBytes() < MAX_QUEUED_BYTES / 2) this.consumer.release();
  }

  /** Queues that have something. */
  filled(): PartitionQueue[] {
    return [...this.queues.values()].filter(({ isEmpty }) => !isEmpty);
  }

  /** A queue for which `isStuck` holds. */
  stuck(): PartitionQueue | undefined {
    return [...this.queues.values()].find((queue) => this.isStuck(queue));
  }

  /** Whether nothing comes that follows what was read: see `PartitionQueue.jump`, or the log begins later. */
  isStuck(queue: PartitionQueue): boolean {
    return queue.jump !== undefined || (queue.isEmpty && queue.nextOffset < (this.startOffsets.get(queue.partition) ?? 0));
  }

  /** Whether a queue still counts: a partition that is read again, or halts, has another one, or none. */
  isCurrent(queue: PartitionQueue): boolean {
    return this.queues.get(queue.partition) === queue;
  }

  isAssigned(partition: number): boolean {
    return this.assigned.includes(partition);
  }

  /** Everything before this offset is stored. */
  onStored(partition: number, nextOffset: number): void {
    this.storedOffsets.set(partition, nextOffset);
    this.consumer.report(partition, nextOffset);
  }

  /** Stops reading a partition, until it is assigned to another session, or read. */
  halt(halt: Halt): void {
    const { partition } = halt;
    this.halted.set(partition, halt);
    this.queues.delete(partition);
    this.consumer.close(partition);
    // Its queued records may be those that fetching waits for.
    this.releaseIfLow();
  }

  /** Takes back that partitions have halted, because another gateway has moved their positions. */
  resume(partitions: readonly number[]): void {
    for (const partition of partitions) this.halted.delete(partition);
  }

  /** Notes where the logs start and end now. */
  onEnds(ends: ReadonlyMap<number, LogEnds>): void {
    const source = this.topic.of.source.publicId;
    for (const [partition, { start, end }] of ends) {
      if (!this.queues.has(partition) && !this.halted.has(partition)) continue;
      this.startOffsets.set(partition, start);
      this.endOffsets.set(partition, end);
      sourceLag.set({ source, partition }, Math.max(0, end - (this.storedOffsets.get(partition) ?? end)));
    }
  }

  report(): readonly PartitionReport[] {
    const { topicId } = this.topic.of;
    return [...this.queues.keys(), ...this.halted.keys()].map((partition) => ({ partition, topicId, halt: this.halted.get(partition), endOffset: this.endOffsets.get(partition) }));
  }

  /** When the session has ended: none of them has a lag here any more. */
  close(): void {
    this.forget(this.assigned);
  }

  private forget(partitions: readonly number[]): void {
    for (const partition of partitions) {
      for (const known of [this.halted, this.startOffsets, this.endOffsets, this.storedOffsets]) known.delete(partition);
      sourceLag.remove({ source: this.topic.of.source.publicId, partition });
    }
  }

  private queuedBytes(): number {
    let bytes = 0;
    for (const queue of this.queues.values()) bytes += queue.bytes;
    return bytes;
  }
}
