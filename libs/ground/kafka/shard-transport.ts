import { setTimeout as delay } from 'node:timers/promises';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Consumer, EachBatchPayload, Kafka, TopicPartition } from 'kafkajs';
import { lastValueFrom } from 'rxjs';
import type { Logger } from '#ground/telemetry/logger';
import { KafkaJSNonRetriableError } from './client.js';
import { coPartitionAssigner, ShardHolding } from './co-partition-assigner.js';
import { OffsetReporter } from './offset-reporter.js';
import { QuietPartitions } from './quiet-partitions.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';

export interface ShardTransportOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topicPrefix: string;
  /** Topics to consume, without the prefix; the first one leads: an offset to read from is one of its log. */
  readonly topics: readonly [lead: string, ...others: string[]];
  /** More of them, of which nothing is wanted at once: they are looked at a few times a second. */
  readonly quietTopics: readonly string[];
  readonly shards: number;
  readonly sessionTimeoutMs: number;
  /** How long a member may take to rejoin. */
  readonly rebalanceTimeoutMs: number;
  /** Largest record, so that a fetch always makes progress. */
  readonly maxRecordBytes: number;
  readonly logger: Logger;
  /** The group has assigned these shards, and no others any more. */
  readonly onAssigned: (shards: readonly number[]) => void;
  /**
   * Fetching goes on after it had failed, without a rejoin. kafkajs then goes on at the offsets that it had, also in a
   * topic that was made anew in the meantime.
   */
  readonly onFetchingAgain: () => void;
  /** The consumer can't go on: the process is to end, and to be started anew. */
  readonly onFatal: (error: Error) => void;
}

const FETCH_BYTES = 2 * 1_048_576;
const RETRY_CONNECT_MS = 1_000;
/** After a consumer that ended: what stays wrong, such as a missing right, must not be asked for in a loop. */
const REJOIN_AFTER_MS = 250;
/** A handler that failed gets its batch again after this. */
const RETRY_BATCH_MS = 250;

/**
 * Nest's transport for a Kafka-partitioned processor: consumer groups over kafkajs' eachBatch, a handler a topic
 * (`@EventPattern('events')`), partition p of every topic at one member. Nest's own Kafka transport hands out single
 * messages only.
 *
 * An assigned partition is read only after `open` said from where: until its shard's lease is ours it stays paused.
 * Handlers return a `BatchResult` and never wait for long: kafkajs fetches again, and sends heartbeats, only when all
 * batches of the last fetch are done.
 */
export class ShardTransport extends Server implements CustomTransportStrategy {
  private readonly holding = new ShardHolding();
  private readonly consumer: Consumer;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly quiet = new QuietPartitions();
  private readonly offsets = new OffsetReporter((err) => this.options.logger.debug({ err }, 'Offsets were not committed; they only show lag'));
  /** Full names. */
  private readonly lead: string;
  private readonly topics: readonly string[];
  private readonly quietTopics: ReadonlySet<string>;
  /** Joining and leaving, one after the other. */
  private moving: Promise<void> = Promise.resolve();
  private assigned: readonly number[] = [];
  /** Counts each shard's openings: what a batch that was read before the last one came to concerns nobody any more. */
  private readonly openings = new Map<number, number>();
  private heartbeatAtMs = -Infinity;
  private joined = false;
  private away = false;
  private closing = false;

  constructor(private readonly options: ShardTransportOptions) {
    super();
    const { kafka, groupId, topics, quietTopics, shards, sessionTimeoutMs, rebalanceTimeoutMs, maxRecordBytes } = options;
    this.lead = this.named(topics[0]);
    this.topics = [...topics, ...quietTopics].map((topic) => this.named(topic));
    this.quietTopics = new Set(quietTopics.map((topic) => this.named(topic)));
    this.consumer = kafka.consumer({
      groupId,
      partitionAssigners: [coPartitionAssigner(this.holding, shards)],
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 3),
      // What a partition that was opened or resumed may wait for, since a fetch under way does not include it.
      maxWaitTimeInMs: 50,
      // All of a broker's fetch is in memory at once, each record as an object several times its size: in a backlog that,
      // not the lanes, decides how much a process takes. kafkajs shuffles the partitions, so that each gets its turn.
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: Math.max(1_048_576, maxRecordBytes),
      allowAutoTopicCreation: false,
      // Ours, by `moving`, is the only way to start: a restart of kafkajs' own can't be stopped while it joins, and would
      // stay as a second member beside the one that comes after it.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  listen(callback: (error?: unknown) => void): void {
    this.listenToGroup();
    this.moving = this.run();
    // Nest waits for this. Joining the group is what readiness shows; a Kafka that is away must not keep HTTP down.
    callback();
  }

  async close(): Promise<void> {
    this.closing = true;
    this.joined = false;
    this.clearTimers();
    await this.consumer.disconnect();
  }

  /** Leaves the group, so that others get the shards, until `rejoin`. */
  leave(): void {
    this.away = true;
    this.joined = false;
    this.assigned = [];
    this.clearTimers();
    this.moving = this.moving.then(() => this.consumer.stop()).catch((error: unknown) => {
      this.options.logger.debug({ err: error }, 'The group could not be left; it will notice');
    });
  }

  rejoin(): void {
    this.away = false;
    this.joinAnew(0);
  }

  on(): never {
    throw new Error('ShardTransport reports through its options, not through events');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  /** Whether this process is a member of the group, as far as it knows. */
  get isMember(): boolean {
    return this.joined;
  }

  /** Whether the group's coordinator was heard within the session timeout. */
  get isHeartbeatFresh(): boolean {
    return this.joined && performance.now() - this.heartbeatAtMs < this.options.sessionTimeoutMs;
  }

  /**
   * Reads the shard's partitions from now on, the leading topic from this offset. Without one it goes on where the group's
   * offsets say, which are reported after a batch is done: what was done since the last report comes again.
   */
  open(shard: number, leadOffset?: number): void {
    if (!this.assigned.includes(shard)) return;
    this.openings.set(shard, (this.openings.get(shard) ?? 0) + 1);
    this.whileInGroup(() => {
      if (leadOffset !== undefined) this.consumer.seek({ topic: this.lead, partition: shard, offset: String(leadOffset) });
      for (const topic of this.topics) this.resume({ topic, partition: shard });
    });
  }

  /** Stops reading the shard's partitions. */
  shut(shard: number): void {
    this.whileInGroup(() => {
      for (const topic of this.topics) this.pause({ topic, partition: shard });
    });
  }

  /** Joins behind whatever is under way, or that would end what begins here. */
  private joinAnew(delayMs: number): void {
    this.moving = this.moving
      .then(() => delay(delayMs))
      // Also when it has ended by itself: kafkajs takes no second run of a consumer that was not stopped.
      .then(() => this.consumer.stop())
      .catch((err: unknown) => this.options.logger.warn({ err }, 'The consumer did not stop before it rejoins'))
      .then(() => this.run());
  }

  /** Until it has joined, or has ended in the attempt (see CRASH). */
  private async run(): Promise<void> {
    const { logger, onFatal } = this.options;
    while (!this.closing && !this.away) {
      try {
        await this.consumer.connect();
        await this.consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
        await this.consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: this.options.shards,
          eachBatch: (payload) => this.eachBatch(payload),
        });
        return;
      } catch (error) {
        if (error instanceof Error && isBug(error)) return onFatal(error);
        logger.warn({ err: error }, 'Kafka does not answer; trying again');
        await delay(RETRY_CONNECT_MS);
      }
    }
  }

  private listenToGroup(): void {
    const { logger, onAssigned, onFetchingAgain, onFatal } = this.options;
    const { GROUP_JOIN, HEARTBEAT, CRASH, FETCH_START, FETCH } = this.consumer.events;
    // A fetch that failed began and never ended.
    const fetching = new Set<number>();
    this.consumer.on(FETCH, ({ payload: { nodeId } }) => fetching.delete(nodeId));
    this.consumer.on(FETCH_START, ({ payload: { nodeId } }) => {
      // Now, and not later: this fetch takes up the seeks that are made here.
      if (fetching.has(nodeId)) onFetchingAgain();
      fetching.add(nodeId);
      this.turnToQuiet(nodeId);
    });
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      // It was on its way in when it was told to leave, which comes next.
      if (this.closing || this.away) return;
      this.joined = true;
      const partitions = payload.memberAssignment[this.lead] ?? [];
      this.assigned = [...partitions].sort((a, b) => a - b);
      this.holding.assigned(this.assigned);
      this.heartbeatAtMs = performance.now();
      fetching.clear();
      // Pauses and resumes outlive a rejoin in kafkajs, and so do our timers: start from "nothing is read".
      this.clearTimers();
      this.consumer.pause(this.topics.map((topic) => ({ topic, partitions: [...this.assigned] })));
      logger.info({ shards: this.assigned }, 'Joined the group');
      onAssigned(this.assigned);
    });
    this.consumer.on(HEARTBEAT, () => {
      this.heartbeatAtMs = performance.now();
    });
    this.consumer.on(CRASH, ({ payload: { error } }) => {
      this.joined = false;
      if (this.closing) return;
      if (isBug(error)) return onFatal(error);
      logger.warn({ err: error }, 'The consumer has ended; it joins the group anew');
      this.joinAnew(REJOIN_AFTER_MS);
    });
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (!payload.isRunning() || payload.isStale() || batch.messages.length === 0) return;
    const topic = batch.topic.slice(this.options.topicPrefix.length);
    const openings = this.openings.get(batch.partition);
    const endsLog = Number(batch.lastOffset()) + 1 >= Number(batch.highWatermark);
    const result = await this.handle({
      shard: batch.partition,
      topic,
      records: batch.messages,
      firstOffset: Number(batch.firstOffset()),
      nextOffset: Number(batch.lastOffset()) + 1,
      endsLog,
    });
    if (this.openings.get(batch.partition) !== openings) return;
    if (result.kind === 'closed') return this.whileInGroup(() => this.pause(batch));
    const nextOffset = result.kind === 'done' ? Number(batch.lastOffset()) + 1 : result.fromOffset;
    // A rejoin or a seek in the meantime: the offsets of this batch are no longer ours to resolve, and resolving
    // them throws a TypeError that ends the consumer.
    if (payload.isStale() || !payload.isRunning() || !this.assigned.includes(batch.partition)) return;
    try {
      if (nextOffset > Number(batch.firstOffset())) payload.resolveOffset(String(nextOffset - 1));
      if (result.kind === 'pause') this.pauseFor(batch, result.durationMs);
      else if (!endsLog && this.quietTopics.has(batch.topic)) this.quiet.hurry();
      this.offsets.report(batch.topic, batch.partition, nextOffset, (offsets) => payload.commitOffsetsIfNecessary(offsets));
      await payload.heartbeat();
    } catch (error) {
      // In the middle of a rebalance; the fetch loop meets the same error and rejoins. Type errors would end it.
      if (!isTypeError(error)) throw error;
      this.options.logger.debug({ err: error }, 'kafkajs lost the partition while its batch was being handled');
    }
  }

  private async handle(batch: ShardBatch): Promise<BatchResult> {
    const failed: BatchResult = { kind: 'pause', fromOffset: batch.firstOffset, durationMs: RETRY_BATCH_MS };
    const pattern = batch.topic.startsWith('retry.') ? 'retry' : batch.topic;
    try {
      // Not getHandlerByPattern: it first tries to parse the pattern as JSON and catches the error, a batch.
      const handler = this.messageHandlers.get(pattern);
      if (handler === undefined) throw new Error(`No handler for the topic ${batch.topic}`);
      return await lastValueFrom(this.transformToObservable(await handler(batch)) as ReturnType<typeof this.transformToObservable<BatchResult>>, { defaultValue: failed });
    } catch (error) {
      this.options.logger.error({ err: error, topic: batch.topic, shard: batch.shard, offset: batch.firstOffset }, 'A batch failed; it comes again');
      return failed;
    }
  }

  private pauseFor(partition: TopicPartition, durationMs: number): void {
    this.whileInGroup(() => this.pause(partition));
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.whileInGroup(() => this.resume(partition));
    }, durationMs);
    this.timers.add(timer);
  }

  private resume(partition: TopicPartition): void {
    if (this.quietTopics.has(partition.topic)) this.quiet.open(partition);
    else this.consumer.resume(selectionOf([partition]));
  }

  private pause(partition: TopicPartition): void {
    this.quiet.shut(partition);
    this.consumer.pause(selectionOf([partition]));
  }

  private turnToQuiet(nodeId: number): void {
    const turn = this.quiet.turn(nodeId, performance.now());
    if (turn === undefined) return;
    const selection = selectionOf(this.quiet.all);
    this.whileInGroup(() => (turn === 'look' ? this.consumer.resume(selection) : this.consumer.pause(selection)));
  }

  /** Between a crash of the consumer and its rejoin there is nothing to pause or seek, and kafkajs throws; the rejoin pauses all. */
  private whileInGroup(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
      this.options.logger.debug({ err: error }, 'The consumer is not in its group just now');
    }
  }

  private clearTimers(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.quiet.shutAll();
    this.offsets.clear();
  }

  private named(topic: string): string {
    return `${this.options.topicPrefix}${topic}`;
  }
}

function selectionOf(partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] }));
}

/** No trouble with Kafka, however deep kafkajs has wrapped it: it would come back for ever. */
function isBug(error: Error): boolean {
  return (error.cause instanceof Error && isBug(error.cause)) || isTypeError(error);
}

function isTypeError(error: unknown): error is TypeError | RangeError {
  return error instanceof TypeError || error instanceof RangeError;
}
