import { setTimeout as delay } from 'node:timers/promises';
import { withinMs } from '#ground/polling/within-ms';
import type { Logger } from '#ground/telemetry/logger';
import { AssignedPartitions } from './assigned-partitions.js';
import { type BuiltChunk, ChunkBuilder } from './chunk-builder.js';
import { ChunkWriter } from './chunk-writer.js';
import { GapPasser } from './gap-passer.js';
import type { KafkaSourcesRepository } from './kafka-sources.repository.js';
import type { FetchedRecords, PartitionQueue } from './partition-queue.js';
import { isPassing, PostgresRetries } from './postgres-retries.js';
import type { RecordAcceptor } from './record-acceptor.js';
import { RecordReader } from './record-reader.js';
import { SourceConsumer } from './source-consumer.js';
import type { PartitionReport } from './source-report.js';
import type { ReachedTopic } from './source-topic.js';
import { TenantTokens } from './tenant-tokens.js';
import { TopicWatch } from './topic-watch.js';

export interface SourceSessionOptions {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly repository: Pick<KafkaSourcesRepository, 'passGap'>;
  readonly acceptor: RecordAcceptor;
  readonly logger: Logger;
  /** The group has assigned partitions, perhaps none. */
  readonly onReading: () => void;
  /** It is in its group, and some seconds after its beginning its cluster answers. Called again every few seconds. */
  readonly onSteady: () => void;
}

const OVERLOAD_MS = 20;
const MIN_TOKEN_WAIT_MS = 10;
/** After Postgres did not answer, before the partitions are read again. */
const READ_AGAIN_MS = 100;
/** A broker that is away answers nothing, and what waits for it does no harm. */
const CLOSE_MS = 3_000;

/**
 * Reads the topic of a source as a member of its group, until it fails or is stopped. The way of a record: the consumer fetches
 * it, its partition's queue holds it, the builder takes it into a chunk, the writer stores the chunk and so moves the position
 * of its partition. One chunk is stored while the next one is made.
 *
 * The truth about positions is in Postgres. What is in memory is an expectation: a statement that finds another position
 * stores nothing of that partition, which is then read from where Postgres says.
 */
export class SourceSession {
  private readonly ending = new AbortController();
  /** Rejected by what ends it, resolved by `stop`. */
  private readonly ended = Promise.withResolvers<void>();
  private readonly consumer: SourceConsumer;
  private readonly partitions: AssignedPartitions;
  private readonly builder: ChunkBuilder;
  private readonly tokens: TenantTokens;
  private readonly writer: ChunkWriter;
  private readonly gaps: GapPasser;
  private readonly watch: TopicWatch;
  /** The statement under way. */
  private storing: Promise<void> = Promise.resolve();
  private wakeUp: (() => void) | undefined;
  private isInGroup = false;

  constructor(
    private readonly topic: ReachedTopic,
    private readonly options: SourceSessionOptions,
  ) {
    const { settings, of, kafka } = topic;
    const { groupId, sessionTimeoutMs, logger, maxBodyBytes, acceptor, repository } = options;
    const ending = this.ending.signal;
    // Awaited by `run`, which may come to it later.
    this.ended.promise.catch(() => undefined);
    this.consumer = new SourceConsumer({
      kafka, groupId, sessionTimeoutMs, topic: of.topic, logger,
      onAssigned: (assigned) => this.onAssigned(assigned),
      onFetched: (partition, fetched, endOffset) => this.onFetched(partition, fetched, endOffset),
      onEnded: (error) => this.fail(error),
    });
    const retries = new PostgresRetries(logger, ending);
    const partitions = new AssignedPartitions(topic, this.consumer, retries, ending);
    this.partitions = partitions;
    this.builder = new ChunkBuilder({
      topic: of.topic, principal: of.source.principal, reader: new RecordReader(settings, maxBodyBytes, of.source), checker: acceptor, haltsAtInvalid: settings.onInvalid === 'halt',
    });
    this.tokens = new TenantTokens(of.source.principal, acceptor, retries);
    this.writer = new ChunkWriter({ topic, partitions, acceptor, retries, logger, ending });
    this.gaps = new GapPasser({ topic, partitions, repository, retries, logger, ending });
    this.watch = new TopicWatch({ topic, partitions, logger, onLooked: () => this.onLooked(), onLost: (error) => this.fail(error) });
  }

  /** Resolves after `stop`. @throws what ended it */
  async run(): Promise<void> {
    const running = Promise.all([this.consumer.start(), this.work()]);
    this.watch.start();
    running.catch((error: unknown) => this.fail(error));
    try {
      await this.ended.promise;
    } finally {
      this.stop();
      await this.storing;
      await withinMs(CLOSE_MS, Promise.allSettled([this.consumer.stop(), this.watch.stop(), running, this.topic.close()]));
      this.partitions.close();
    }
  }

  /** Instead of `run`: disconnects what was opened for it. @throws what kafkajs throws */
  close(): Promise<void> {
    return this.topic.close();
  }

  /** Ends it soon: the chunk that is being stored is stored. */
  stop(): void {
    this.ended.resolve();
    this.ending.abort();
    this.wakeUp?.();
  }

  report(): readonly PartitionReport[] {
    return this.partitions.report();
  }

  private get isEnding(): boolean {
    return this.ending.signal.aborted;
  }

  private fail(error: unknown): void {
    this.ended.reject(error);
  }

  private onAssigned(assigned: readonly number[]): void {
    this.isInGroup = true;
    this.options.onReading();
    this.partitions.assign(assigned, this.storing).catch((error: unknown) => this.fail(error));
  }

  private onFetched(partition: number, fetched: FetchedRecords, endOffset: number): void {
    this.partitions.push(partition, fetched, endOffset);
    this.wakeUp?.();
  }

  /** A log that begins later than it did may have made a partition stuck. */
  private onLooked(): void {
    // Until then its cluster may answer all but who asks to join.
    if (this.isInGroup) this.options.onSteady();
    this.wakeUp?.();
  }

  private async work(): Promise<void> {
    while (!this.isEnding) {
      const queues = this.partitions.filled();
      const stuck = this.partitions.stuck();
      if (stuck !== undefined) await this.passGap(stuck);
      else if (queues.length === 0) await this.wake();
      else if (this.options.acceptor.isOverloaded) await this.pause(OVERLOAD_MS);
      else await this.storeNext(queues);
    }
    await this.storing;
  }

  private async passGap(stuck: PartitionQueue): Promise<void> {
    await this.storing;
    await this.gaps.pass(stuck);
  }

  private async wake(): Promise<void> {
    this.tokens.drop();
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
    const { granted, waitMs } = await this.tokens.allow(queues.reduce((sum, { records }) => sum + records, 0));
    if (granted === 0) return this.pause(Math.max(waitMs, MIN_TOKEN_WAIT_MS));
    const chunk = await this.build(queues, granted);
    this.partitions.releaseIfLow();
    if (chunk === undefined) return;
    await this.topic.confirm(performance.now());
    await this.storing;
    if (this.isEnding) return;
    // The statement before may have stopped a partition, or found its position moved: it is read from there, if at all.
    const current = new Set(queues.filter((queue) => this.partitions.isCurrent(queue)).map(({ partition }) => partition));
    const isCurrent = ({ partition }: { readonly partition: number }): boolean => current.has(partition);
    const advances = chunk.advances.filter(isCurrent);
    const entries = advances.length === chunk.advances.length ? chunk.entries : chunk.entries.filter(isCurrent);
    for (const halt of chunk.halts.filter(isCurrent)) this.writer.halt(halt);
    if (advances.length > 0) this.storing = this.writer.store({ entries, advances }).catch((error: unknown) => this.fail(error));
  }

  /** @returns undefined if Postgres did not answer, after which all partitions are read again */
  private async build(queues: readonly PartitionQueue[], maxEvents: number): Promise<BuiltChunk | undefined> {
    try {
      const chunk = await this.builder.build(queues, maxEvents, (queue) => this.partitions.isCurrent(queue));
      this.tokens.spend(chunk.entries.filter(({ read }) => read.kind === 'event').length);
      return chunk;
    } catch (error) {
      if (!isPassing(error)) throw error;
      await this.pause(READ_AGAIN_MS);
      await this.partitions.readAll(this.storing);
      return undefined;
    }
  }
}
