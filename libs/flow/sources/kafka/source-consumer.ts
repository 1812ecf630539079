import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Logger } from '#ground/telemetry/logger';
import { KafkaJSNonRetriableError } from '#ground/kafka/client';
import { OffsetReporter } from '#ground/kafka/offset-reporter';
import { isTypeError } from '#ground/kafka/type-errors';
import { withinMs } from '#ground/polling/within-ms';
import type { FetchedRecords } from './partition-queue.js';

export interface SourceConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topic: string;
  /** After this, the group gives the partitions of a member that is gone to others. */
  readonly sessionTimeoutMs: number;
  readonly logger: Logger;
  /** The group has assigned these partitions, and no others. None of them is read before `read`. */
  readonly onAssigned: (partitions: readonly number[]) => void;
  /** Records of a partition that is read; none, if Kafka has only markers there, or nothing any more. */
  readonly onFetched: (partition: number, fetched: FetchedRecords, endOffset: number) => void;
  /** The consumer has ended, for good. */
  readonly onEnded: (error: Error) => void;
}

const REBALANCE_TIMEOUT_MS = 10_000;
const HEARTBEAT_MS = 1_000;
/** How long a partition that was just resumed waits at most. Sources that have nothing to read ask their brokers that often. */
const MAX_WAIT_MS = 200;
/** A broker's whole fetch is in memory at once. */
const FETCH_BYTES = 1_048_576;
/** New partitions are found after this. */
const METADATA_MAX_AGE_MS = 5_000;
/** Leaving the group waits for the fetch under way, which a broker that is away does not answer. */
const LEAVE_MS = 2_000;

/**
 * A kafkajs consumer of one topic that gives away what it fetches at once, and is told from where to read. Its group's offsets
 * only show lag.
 */
export class SourceConsumer {
  private readonly consumer: Consumer;
  private readonly offsets: OffsetReporter;
  private commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  /** Partitions that are read. */
  private readonly open = new Set<number>();
  private isHeld = false;
  private starting: Promise<void> = Promise.resolve();

  constructor(private readonly options: SourceConsumerOptions) {
    const { kafka, groupId, sessionTimeoutMs, logger } = options;
    this.offsets = new OffsetReporter((err) => logger.debug({ err }, 'Offsets were not committed; they only show lag'));
    this.consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs, rebalanceTimeout: REBALANCE_TIMEOUT_MS, heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS, maxBytes: FETCH_BYTES, maxBytesPerPartition: FETCH_BYTES, metadataMaxAge: METADATA_MAX_AGE_MS,
      allowAutoTopicCreation: false,
      // Its session ends with it, and another one begins.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
    });
    this.listen();
  }

  /** Joins the group. @throws what kafkajs throws; later errors go to `onEnded` */
  start(): Promise<void> {
    return (this.starting = this.join());
  }

  /** Leaves the group, within two seconds, or later in the background. */
  async stop(): Promise<void> {
    this.open.clear();
    this.offsets.clear();
    const left = this.leave().catch((err: unknown) => this.options.logger.debug({ err }, 'A group was not left; it will notice by itself'));
    await withinMs(LEAVE_MS, left);
  }

  /** Reads a partition from this offset on. */
  read(partition: number, offset: number): void {
    const { topic } = this.options;
    this.open.add(partition);
    this.whileInGroup(() => {
      this.consumer.seek({ topic, partition, offset: String(offset) });
      if (!this.isHeld) this.consumer.resume([{ topic, partitions: [partition] }]);
    });
  }

  /** Stops reading a partition. */
  close(partition: number): void {
    this.open.delete(partition);
    this.pause([partition]);
  }

  /** Stops reading all partitions until `release`. */
  hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.pause([...this.open]);
  }

  release(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.whileInGroup(() => this.consumer.resume([{ topic: this.options.topic, partitions: [...this.open] }]));
  }

  /** Shows the group's lag. */
  report(partition: number, offset: number): void {
    if (this.commit !== undefined) this.offsets.report(this.options.topic, partition, offset, this.commit);
  }

  private async join(): Promise<void> {
    const { topic } = this.options;
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 1, eachBatch: (payload) => this.take(payload) });
  }

  private async leave(): Promise<void> {
    await this.consumer.disconnect();
    // kafkajs does not stop a join that is under way: it ends as a member.
    await this.starting.catch(() => undefined);
    await this.consumer.disconnect();
  }

  private pause(partitions: number[]): void {
    this.whileInGroup(() => this.consumer.pause([{ topic: this.options.topic, partitions }]));
  }

  /** Returns at once: kafkajs does not wait until the records are stored. */
  private take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    if (!payload.isRunning() || payload.isStale() || batch.messages.length === 0) return Promise.resolve();
    if (!this.open.has(partition)) {
      this.pause([partition]);
      return Promise.resolve();
    }
    this.commit = (offsets) => payload.commitOffsetsIfNecessary(offsets);
    const lastOffset = batch.lastOffset();
    try {
      payload.resolveOffset(lastOffset);
    } catch (error) {
      // kafkajs throws one when it has lost the partition in this moment.
      if (!isTypeError(error)) throw error;
      return Promise.resolve();
    }
    const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string };
    this.options.onFetched(partition, { records: batch.messages, fetchedOffset: Number(fetchedOffset), nextOffset: Number(lastOffset) + 1 }, Number(batch.highWatermark));
    return Promise.resolve();
  }

  private listen(): void {
    const { topic, onAssigned, onFetched, onEnded } = this.options;
    const { GROUP_JOIN, END_BATCH_PROCESS, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      const assigned = payload.memberAssignment[topic] ?? [];
      this.open.clear();
      this.offsets.clear();
      this.isHeld = false;
      // In kafkajs, pauses outlive a rejoin.
      this.pause([...assigned]);
      onAssigned(assigned);
    });
    // kafkajs hands out no batch that only has markers of transactions, records of those that were aborted, or what compaction
    // has left before the offset. Of such a batch, `firstOffset` is what was asked for (see wire/fetched-offset.ts).
    this.consumer.on(END_BATCH_PROCESS, ({ payload: { partition, batchSize, firstOffset, lastOffset, highWatermark } }) => {
      if (batchSize > 0 || firstOffset === null || !this.open.has(partition)) return;
      onFetched(partition, { records: [], fetchedOffset: Number(firstOffset), nextOffset: Number(lastOffset) + 1 }, Number(highWatermark));
    });
    this.consumer.on(CRASH, ({ payload: { error } }) => onEnded(error));
  }

  /** kafkajs throws while its consumer is in no group. The next join tells what to read. */
  private whileInGroup(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
    }
  }
}
