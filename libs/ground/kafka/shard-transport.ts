import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Consumer, Kafka } from 'kafkajs';
import { lastValueFrom, type Observable } from 'rxjs';
import type { Logger } from '#ground/telemetry/logger';
import { BatchReader } from './batch-reader.js';
import { coPartitionAssigner, ShardHolding } from './co-partition-assigner.js';
import { GroupMember } from './group-member.js';
import { PartitionGate } from './partition-gate.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';
import { handlersByTopic } from './topic-handlers.js';

export interface ShardTransportOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topicPrefix: string;
  /** Topics to consume, without the prefix. An offset to read from is one of the first topic. */
  readonly topics: readonly [lead: string, ...others: string[]];
  /** More topics, whose records may wait: they are read a few times a second. */
  readonly quietTopics: readonly string[];
  readonly shards: number;
  readonly sessionTimeoutMs: number;
  /** How long a member may take to rejoin. */
  readonly rebalanceTimeoutMs: number;
  /** Largest record; a fetch asks for that much of each partition. */
  readonly maxRecordBytes: number;
  readonly logger: Logger;
  /** The consumer can't continue: the process must end. */
  readonly onFatal: (error: Error) => void;
}

const MIN_PARTITION_BYTES = 1_048_576;
const FETCH_BYTES = 2 * 1_048_576;

/**
 * Nest's transport for a processor of Kafka partitions: partition p of every topic is at one member of the group. Each
 * topic has one handler (see `handlersByTopic`), which gets batches. Nest's own Kafka transport passes on single messages
 * only.
 *
 * A shard's partitions are read after `open`: until its owner holds the lease, they stay paused. Handlers return a
 * `BatchResult` and never wait for long: kafkajs fetches again, and sends heartbeats, only when all batches of the last
 * fetch are done.
 */
export class ShardTransport extends Server implements CustomTransportStrategy {
  private readonly consumer: Consumer;
  private readonly gate: PartitionGate;
  private readonly batches: BatchReader;
  private readonly member: GroupMember;
  private readonly holding = new ShardHolding();
  private handlers: ReadonlyMap<string, MessageHandler> = new Map();
  private assignedListener: (shards: readonly number[]) => void = () => undefined;
  private fetchRecoveredListener: () => void = () => undefined;

  constructor(private readonly options: ShardTransportOptions) {
    super();
    const { topicPrefix, quietTopics, shards, sessionTimeoutMs, logger, onFatal } = options;
    const named = (topic: string): string => `${topicPrefix}${topic}`;
    const [lead, ...others] = options.topics;
    const topics = [named(lead), ...others.map(named), ...quietTopics.map(named)] as const;
    this.consumer = createConsumer(options, this.holding);
    this.gate = new PartitionGate({ consumer: this.consumer, topics, quietTopics: new Set(quietTopics.map(named)), logger });
    this.batches = new BatchReader({ topicPrefix, gate: this.gate, handle: (batch) => this.handle(batch), logger });
    this.member = new GroupMember({
      consumer: this.consumer,
      topics,
      sessionTimeoutMs,
      concurrency: shards,
      logger,
      eachBatch: (payload) => this.batches.read(payload),
      onJoined: (assigned) => {
        this.holding.assigned(assigned);
        this.batches.clear();
        this.gate.shutAll(assigned);
        this.assignedListener(assigned);
      },
      onLeft: () => {
        this.batches.clear();
        this.gate.clear();
      },
      onFetch: (nodeId) => this.gate.beforeFetch(nodeId),
      onFetchRecovered: () => this.fetchRecoveredListener(),
      onFatal,
    });
  }

  /** Calls `listener` after each join with the shards that the group has assigned to this process, and no others. */
  onAssigned(listener: (shards: readonly number[]) => void): void {
    this.assignedListener = listener;
  }

  /**
   * Calls `listener` when fetching works again after a failure, without a rejoin. kafkajs then continues at its offsets,
   * even in a topic that was deleted and created again. The fetch that begins takes up what the listener opens.
   */
  onFetchRecovered(listener: () => void): void {
    this.fetchRecoveredListener = listener;
  }

  /** Nest calls this before the app is ready to process shards: the app calls `joinGroup` when it is. */
  listen(callback: (error?: unknown) => void): void {
    callback();
  }

  /** Joins the group in the background. @throws Error when a topic doesn't have exactly one handler */
  joinGroup(): void {
    this.handlers = handlersByTopic([...this.options.topics, ...this.options.quietTopics], this.messageHandlers);
    this.member.start();
  }

  /** Leaves the group for good. May be called twice: by the app, and by Nest. */
  close(): Promise<void> {
    return this.member.close();
  }

  /** Leaves the group, so that other processes get the shards, until `rejoin`. */
  leave(): void {
    this.member.leave();
  }

  rejoin(): void {
    this.member.rejoin();
  }

  on(): never {
    throw new Error('ShardTransport has no events: use onAssigned and onFetchRecovered');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  /** Whether this process is a member of the group, as far as it knows. */
  get isMember(): boolean {
    return this.member.isMember;
  }

  /** Whether the group's coordinator has answered within the session timeout. */
  get isHeartbeatFresh(): boolean {
    return this.member.isHeartbeatFresh;
  }

  /**
   * Reads the shard's partitions from now on, the first topic from this offset. Other topics, and all without an offset,
   * continue at the group's offsets. Those are committed once a second, so some batches may come again.
   */
  open(shard: number, leadOffset?: number): void {
    if (!this.member.has(shard)) return;
    this.holding.took(shard);
    this.gate.open(shard, leadOffset);
  }

  /** Stops reading the shard's partitions. The result of a batch that its handler still has is ignored. */
  shut(shard: number): void {
    this.gate.shut(shard);
  }

  private async handle(batch: ShardBatch): Promise<BatchResult> {
    // Not getHandlerByPattern: for each batch, it would parse the pattern as JSON and catch the error.
    const handler = this.handlers.get(batch.topic);
    if (handler === undefined) throw new Error(`No handler for the topic ${batch.topic}`);
    return lastValueFrom(this.transformToObservable(await handler(batch)) as Observable<BatchResult>);
  }
}

function createConsumer({ kafka, groupId, shards, sessionTimeoutMs, rebalanceTimeoutMs, maxRecordBytes }: ShardTransportOptions, holding: ShardHolding): Consumer {
  return kafka.consumer({
    groupId,
    partitionAssigners: [coPartitionAssigner(holding, shards)],
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 3),
    // A fetch under way does not include a partition that was just opened or resumed; this is how long that one waits.
    maxWaitTimeInMs: 50,
    // A broker's whole fetch is in memory at once, and each record is an object several times its size. In a backlog this
    // decides how much memory a process takes. kafkajs shuffles the partitions, so each of them gets its turn.
    maxBytes: FETCH_BYTES,
    maxBytesPerPartition: Math.max(MIN_PARTITION_BYTES, maxRecordBytes),
    allowAutoTopicCreation: false,
    // GroupMember alone restarts the consumer. kafkajs can't stop its own restart while it joins: a second member would stay.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: () => Promise.resolve(false) },
  });
}
