import { setTimeout as delay } from 'node:timers/promises';
import { LockstepError } from '#domain/problem';
import { BATCH_ITEMS } from '#flow/ingest/ingest.service';
import { KafkaJSProtocolError } from '#ground/kafka/client';
import { isTypeError } from '#ground/kafka/type-errors';
import { Poll } from '#ground/polling/poll';
import { failureOf, isPoison, isTimeout } from '#ground/postgres/sql-errors';
import type { Logger } from '#ground/telemetry/logger';
import { type BuiltChunk, ChunkBuilder, type Halt } from './chunk-builder.js';
import { sourceGaps, sourceLag } from './kafka-sources.metrics.js';
import type { GapReason, KafkaSourcesRepository } from './kafka-sources.repository.js';
import { type FetchedRecords, PartitionQueue } from './partition-queue.js';
import type { Allowance, RecordAcceptor } from './record-acceptor.js';
import { type Advance, halvesOf, type RecordChunk } from './record-chunk.js';
import { RecordReader } from './record-reader.js';
import { SourceConsumer } from './source-consumer.js';
import { invalidRecord } from './source-record.js';
import type { PartitionReport } from './source-report.js';
import { isUnknownTopic, type ReachedTopic, TopicReplacedError } from './source-topic.js';

export interface SourceSessionOptions {
  readonly groupId: string;
  readonly maxBodyBytes: number;
  readonly repository: Pick<KafkaSourcesRepository, 'passGap'>;
  readonly acceptor: RecordAcceptor;
  readonly logger: Logger;
  /** The group has assigned partitions, perhaps none. */
  readonly onReading: () => void;
  /** It has read for some seconds, and its cluster answers. */
  readonly onSteady: () => void;
}

/**
 * Fetched records of all partitions in memory; a full fetch comes on top. Fetching begins again at half of it, which is some
 * 3,000 records: more than are stored until they come.
 */
const MAX_QUEUED_BYTES = 4_194_304;
const WATCH_MS = 5_000;
const OVERLOAD_MS = 20;
const MIN_TOKEN_WAIT_MS = 10;
const MIN_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;
/** A broker that is away answers nothing, and what waits for it does no harm. */
const CLOSE_MS = 3_000;

/**
 * Reads the topic of a source as a member of its group, until it fails or is stopped. Records become events in chunks: one is
 * stored while the next one is made.
 *
 * The truth about positions is in Postgres. What is in memory is an expectation: a statement that finds another position
 * stores nothing of that partition, which is then read from where Postgres says.
 */
export class SourceSession {
  private readonly ending = new AbortController();
  /** Rejected by what ends it, resolved by `stop`. */
  private readonly ended = Promise.withResolvers<void>();
  private readonly consumer: SourceConsumer;
  private readonly builder: ChunkBuilder;
  private readonly watch: Poll;
  /** Of the partitions that are read. */
  private readonly queues = new Map<number, PartitionQueue>();
  /** Partitions that have stopped at an invalid record, with where and why. */
  private readonly halted = new Map<number, string>();
  /** Where the logs began and ended when they were looked at. */
  private readonly startOffsets = new Map<number, number>();
  private readonly endOffsets = new Map<number, number>();
  private readonly storedOffsets = new Map<number, number>();
  private assigned: readonly number[] = [];
  /** Tokens of the tenant's limit for records that are queued. */
  private tokens = 0;
  /** The statement under way. */
  private storing: Promise<void> = Promise.resolve();
  private wakeUp: (() => void) | undefined;

  constructor(
    private readonly topic: ReachedTopic,
    private readonly options: SourceSessionOptions,
  ) {
    const { settings, of, kafka } = topic;
    const { groupId, logger, maxBodyBytes, acceptor } = options;
    // Awaited by `run`, which may come to it later.
    this.ended.promise.catch(() => undefined);
    this.builder = new ChunkBuilder({
      topic: of.topic, principal: of.source.principal, reader: new RecordReader(settings, maxBodyBytes, of.source), checker: acceptor, haltsAtInvalid: settings.onInvalid === 'halt',
    });
    this.consumer = new SourceConsumer({
      kafka, groupId, topic: of.topic, logger,
      onAssigned: (partitions) => this.assign(partitions),
      onFetched: (partition, fetched, endOffset) => this.take(partition, fetched, endOffset),
      onEnded: (error) => this.fail(error),
    });
    this.watch = new Poll({ work: () => this.look(), intervalMs: WATCH_MS, onError: (error) => this.onWatchError(error) });
  }

  /** Resolves after `stop`. @throws what ended it */
  async run(): Promise<void> {
    const running = Promise.all([this.consumer.start(), this.work()]);
    this.watch.start(WATCH_MS);
    running.catch((error: unknown) => this.fail(error));
    try {
      await this.ended.promise;
    } finally {
      this.stop();
      await this.storing;
      await withinMs(CLOSE_MS, [this.consumer.stop(), this.watch.stop(), running, this.topic.close()]);
      this.forget(this.assigned);
    }
  }

  /** Ends it soon: the chunk that is being stored is stored. */
  stop(): void {
    this.ended.resolve();
    this.ending.abort();
    this.wakeUp?.();
  }

  report(): readonly PartitionReport[] {
    const { topicId } = this.topic.of;
    return [...this.queues.keys(), ...this.halted.keys()].map((partition) => {
      const detail = this.halted.get(partition);
      return { partition, topicId, state: detail === undefined ? 'reading' : 'halted', detail, endOffset: this.endOffsets.get(partition) };
    });
  }

  private get isEnding(): boolean {
    return this.ending.signal.aborted;
  }

  private fail(error: unknown): void {
    this.ended.reject(error);
  }

  /** What the group says. Another member may have moved the positions. */
  private assign(partitions: readonly number[]): void {
    this.forget(this.assigned.filter((partition) => !partitions.includes(partition)));
    this.assigned = partitions;
    this.queues.clear();
    this.options.onReading();
    this.open(partitions.filter((partition) => !this.halted.has(partition)), this.storing).catch((error: unknown) => this.fail(error));
  }

  private forget(partitions: readonly number[]): void {
    for (const partition of partitions) {
      for (const known of [this.halted, this.startOffsets, this.endOffsets, this.storedOffsets]) known.delete(partition);
      sourceLag.remove({ source: this.topic.of.source.publicId, partition });
    }
  }

  /** Reads partitions from their stored positions on. @param after what may still move them */
  private async open(partitions: readonly number[], after: Promise<void> = Promise.resolve()): Promise<void> {
    if (partitions.length === 0) return;
    const { assigned } = this;
    for (const partition of partitions) {
      this.queues.delete(partition);
      this.consumer.close(partition);
    }
    await after;
    const positions = await this.retried(() => this.topic.positions(partitions));
    if (this.assigned !== assigned || this.isEnding) return;
    for (const partition of partitions) {
      const position = positions.get(partition);
      if (position === undefined) throw new Error(`Kafka has assigned partition ${partition} of ${this.topic.of.topic}, and does not know it`);
      this.queues.set(partition, new PartitionQueue(partition, position));
      this.storedOffsets.set(partition, position);
      this.consumer.read(partition, position);
    }
    this.releaseIfLow();
  }

  private take(partition: number, fetched: FetchedRecords, endOffset: number): void {
    this.endOffsets.set(partition, endOffset);
    this.queues.get(partition)?.push(fetched);
    if (this.queuedBytes() > MAX_QUEUED_BYTES) this.consumer.hold();
    this.wakeUp?.();
  }

  private queuedBytes(): number {
    let bytes = 0;
    for (const queue of this.queues.values()) bytes += queue.bytes;
    return bytes;
  }

  private releaseIfLow(): void {
    if (this.queuedBytes() < MAX_QUEUED_BYTES / 2) this.consumer.release();
  }

  private async work(): Promise<void> {
    const { acceptor } = this.options;
    while (!this.isEnding) {
      const queues = [...this.queues.values()].filter(({ isEmpty }) => !isEmpty);
      const stuck = [...this.queues.values()].find((queue) => this.isStuck(queue));
      if (stuck !== undefined) await this.passJump(stuck);
      else if (queues.length === 0) await this.wake();
      else if (acceptor.isOverloaded) await this.pause(OVERLOAD_MS);
      else await this.storeNext(queues);
    }
    await this.storing;
  }

  private async wake(): Promise<void> {
    // Of records that were no events. They are the tenant's, and not kept for later.
    this.tokens = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wakeUp = resolve;
    await promise;
    this.wakeUp = undefined;
  }

  /** @throws AbortError after `stop` */
  private pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.ending.signal });
  }

  private async storeNext(queues: readonly PartitionQueue[]): Promise<void> {
    const { granted, waitMs } = await this.allowed(queues);
    if (granted === 0) return this.pause(Math.max(waitMs, MIN_TOKEN_WAIT_MS));
    const taken = new Map(queues.map((queue) => [queue.partition, queue]));
    const chunk = await this.build(queues, granted);
    this.releaseIfLow();
    if (chunk === undefined) return;
    await this.topic.confirm(performance.now());
    await this.storing;
    if (this.isEnding) return;
    // The statement before may have stopped a partition, or found its position moved: it is read from there, if at all.
    const isCurrent = ({ partition }: { readonly partition: number }): boolean => this.queues.get(partition) === taken.get(partition);
    const advances = chunk.advances.filter(isCurrent);
    const entries = advances.length === chunk.advances.length ? chunk.entries : chunk.entries.filter(isCurrent);
    for (const halt of chunk.halts.filter(isCurrent)) this.halt(halt);
    if (advances.length > 0) this.storing = this.store({ entries, advances }).catch((error: unknown) => this.fail(error));
  }

  /** How many events may be made of queued records now. Takes no more tokens than there are records. */
  private async allowed(queues: readonly PartitionQueue[]): Promise<Allowance> {
    const { principal } = this.topic.of.source;
    if (principal.ingest.limits.length === 0) return UNLIMITED;
    const wanted = Math.min(BATCH_ITEMS, queues.reduce((sum, { records }) => sum + records, 0)) - this.tokens;
    const { granted, waitMs } = wanted <= 0 ? UNWANTED : await this.retried(() => this.options.acceptor.allow(principal, wanted));
    this.tokens += granted;
    // Markers alone need none.
    return { granted: this.tokens === 0 && wanted <= 0 ? 1 : this.tokens, waitMs };
  }

  /** @returns undefined if Postgres did not answer, after which all partitions are read again */
  private async build(queues: readonly PartitionQueue[], maxEvents: number): Promise<BuiltChunk | undefined> {
    try {
      const chunk = await this.builder.build(queues, maxEvents, (queue) => this.queues.get(queue.partition) === queue);
      this.tokens = Math.max(0, this.tokens - chunk.entries.filter(({ read }) => read.kind === 'event').length);
      return chunk;
    } catch (error) {
      if (!isPassing(error)) throw error;
      await this.pause(MIN_RETRY_MS);
      await this.open([...this.queues.keys()], this.storing);
      return undefined;
    }
  }

  /** @param stopped partitions that have stopped at a record of this chunk, which the others do without */
  private async store(chunk: RecordChunk, stopped = new Set<number>()): Promise<void> {
    const left = stopped.size === 0 ? chunk : { entries: chunk.entries.filter(({ partition }) => !stopped.has(partition)), advances: chunk.advances.filter(({ partition }) => !stopped.has(partition)) };
    try {
      const moved = await this.retried(() => this.options.acceptor.accept(this.topic.of, left), (error) => left.entries.length > 1 && isTimeout(error));
      await this.settle(left.advances, moved);
    } catch (error) {
      if (!isPoison(error) && !isTimeout(error)) throw error;
      await this.isolate(left, stopped, error);
    }
  }

  /** Postgres can't store one of the records, or not so many in a statement's time. It gets halves, down to one record. */
  private async isolate(chunk: RecordChunk, stopped: Set<number>, error: unknown): Promise<void> {
    const [entry] = chunk.entries;
    if (entry === undefined || this.isEnding) throw error;
    if (chunk.entries.length > 1) {
      for (const half of halvesOf(chunk)) await this.store(half, stopped);
      return;
    }
    if (entry.read.kind === 'invalid') throw error;
    const invalid = invalidRecord(`Postgres can't store it: ${error instanceof Error ? error.message : ''}`);
    if (this.topic.settings.onInvalid === 'park') return this.store({ ...chunk, entries: [{ ...entry, read: invalid }] });
    stopped.add(entry.partition);
    this.halt({ ...entry, invalid });
  }

  /**
   * Where the position was another one, this statement stored nothing: another gateway has read on, or an answer was lost,
   * and the statement before has stored it.
   */
  private async settle(advances: readonly Advance[], moved: ReadonlySet<number>): Promise<void> {
    for (const { partition, nextOffset } of advances) if (moved.has(partition)) this.onStored(partition, nextOffset);
    const others = advances.filter(({ partition }) => !moved.has(partition) && this.assigned.includes(partition));
    if (others.length === 0) return;
    const positions = await this.retried(() => this.topic.positions());
    const isStored = ({ partition, nextOffset }: Advance): boolean => positions.get(partition) === nextOffset;
    for (const { partition, nextOffset } of others.filter(isStored)) this.onStored(partition, nextOffset);
    const elsewhere = others.filter((advance) => !isStored(advance)).map(({ partition }) => partition);
    this.options.logger.debug({ source: this.topic.of.source.publicId, partitions: elsewhere }, 'Positions were moved elsewhere; reading on from there');
    // One that has halted was read from elsewhere.
    for (const partition of elsewhere) this.halted.delete(partition);
    await this.open(elsewhere);
  }

  private onStored(partition: number, nextOffset: number): void {
    this.storedOffsets.set(partition, nextOffset);
    this.consumer.report(partition, nextOffset);
  }

  private halt({ partition, offset, invalid }: Halt): void {
    const detail = `offset ${offset}: ${invalid.detail} (${invalid.reason})`;
    this.halted.set(partition, detail);
    this.queues.delete(partition);
    this.consumer.close(partition);
    // Its queued records may be those that fetching waits for.
    this.releaseIfLow();
    this.options.logger.warn({ source: this.topic.of.source.publicId, topic: this.topic.of.topic, partition, offset, reason: invalid.reason }, 'A source has stopped at a record that cannot be an event');
  }

  /** Whether nothing comes that follows what was read: see `PartitionQueue.jump`, or the log begins later. */
  private isStuck(queue: PartitionQueue): boolean {
    return queue.jump !== undefined || (queue.isEmpty && queue.nextOffset < (this.startOffsets.get(queue.partition) ?? 0));
  }

  private async passJump(queue: PartitionQueue): Promise<void> {
    const { partition } = queue;
    await this.storing;
    const ends = (await this.topic.ends()).get(partition);
    await this.topic.confirm(performance.now());
    if (ends === undefined || this.queues.get(partition) !== queue || !this.isStuck(queue)) return;
    const expectedOffset = queue.nextOffset;
    if (ends.end < expectedOffset) return this.passGap({ partition, expectedOffset, nextOffset: ends.end }, 'log_lost');
    if (ends.start > expectedOffset) return this.passGap({ partition, expectedOffset, nextOffset: ends.start }, 'retention');
    // The log has what comes next: it is fetched again.
    await this.pause(MIN_RETRY_MS);
    await this.open([partition]);
  }

  private async passGap(gap: Advance, reason: GapReason): Promise<void> {
    const { source, topic } = this.topic.of;
    if (await this.retried(() => this.options.repository.passGap(this.topic.of, gap, reason))) {
      sourceGaps.inc({ reason });
      this.options.logger.warn({ source: source.publicId, topic, partition: gap.partition, from: gap.expectedOffset, to: gap.nextOffset, reason }, 'A topic has lost records that its source had not read');
    }
    await this.open([gap.partition]);
  }

  private async look(): Promise<void> {
    await this.topic.confirm(performance.now());
    const { publicId } = this.topic.of.source;
    const ends = await this.topic.ends();
    this.options.onSteady();
    for (const [partition, { start, end }] of ends) {
      if (!this.queues.has(partition) && !this.halted.has(partition)) continue;
      this.startOffsets.set(partition, start);
      this.endOffsets.set(partition, end);
      sourceLag.set({ source: publicId, partition }, Math.max(0, end - (this.storedOffsets.get(partition) ?? end)));
    }
    this.wakeUp?.();
  }

  /** While brokers are away, the consumer decides how long to wait for them. */
  private onWatchError(error: unknown): void {
    if (error instanceof TopicReplacedError || (error instanceof KafkaJSProtocolError && !error.retriable) || isUnknownTopic(error)) this.fail(error);
    else this.options.logger.debug({ err: error }, "A source's topic could not be looked at; retrying");
  }

  /** Repeats work while Postgres does not answer. @param isFinal errors after which the same work is not to be repeated */
  private async retried<T>(work: () => Promise<T>, isFinal: (error: unknown) => boolean = () => false): Promise<T> {
    for (let waitMs = MIN_RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        if (isFinal(error) || !isPassing(error)) throw error;
        this.options.logger.debug({ err: error }, 'Records of a source wait for Postgres; retrying');
        await this.pause(waitMs);
      }
    }
  }
}

const UNLIMITED: Allowance = { granted: BATCH_ITEMS, waitMs: 0 };
const UNWANTED: Allowance = { granted: 0, waitMs: 0 };

function isPassing(error: unknown): boolean {
  if (error instanceof LockstepError) return error.retriable;
  // kafkajs' errors are none of Postgres'.
  return !(error instanceof Error && error.name.startsWith('KafkaJS')) && !isTypeError(error) && ['unavailable', 'conflict'].includes(failureOf(error));
}

/** Waits for work that may fail, and not longer than this. */
async function withinMs(ms: number, work: readonly Promise<unknown>[]): Promise<void> {
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([Promise.allSettled(work), deadline]);
  clearTimeout(timer);
}
