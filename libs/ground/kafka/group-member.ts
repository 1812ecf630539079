import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from '#ground/telemetry/logger';
import { isCausedByTypeError } from './type-errors.js';

const RETRY_CONNECT_MS = 1_000;
/** After a consumer that ended: its reason may last, such as a missing right. */
const REJOIN_AFTER_MS = 250;

export interface GroupMemberOptions {
  readonly consumer: Consumer;
  /** Full names. Each has the same partitions as the first one. */
  readonly topics: readonly [lead: string, ...others: string[]];
  readonly sessionTimeoutMs: number;
  /** Batches that may be handled at the same time. */
  readonly concurrency: number;
  readonly eachBatch: (payload: EachBatchPayload) => Promise<void>;
  /** The group has assigned these partitions, and no others. All of them are read unless this pauses them. */
  readonly onJoined: (partitions: readonly number[]) => void;
  /** The member has left the group, or leaves it. */
  readonly onLeft: () => void;
  /** A fetch from this node begins. What this pauses, resumes or seeks applies to the fetch. */
  readonly onFetch: (nodeId: number) => void;
  /** Fetching works again after a failure, without a rejoin. What this seeks applies to the fetch that begins. */
  readonly onFetchRecovered: () => void;
  /** The consumer can't continue: the process must end. */
  readonly onFatal: (error: Error) => void;
  readonly logger: Logger;
}

/**
 * Keeps a kafkajs consumer in its group: connects, joins, and joins again when kafkajs gives up; leaves and comes back on
 * demand.
 *
 * - `joining`: in no group, and tries to join. kafkajs' GROUP_JOIN makes it a `member`.
 * - `member`: in the group, rebalances included. A crash or a stop of the consumer makes it `joining`.
 * - `away`: has left until `rejoin`. A join that was under way is ignored, and ends with a leave.
 * - `closed`: for good.
 */
export class GroupMember {
  private state: 'joining' | 'member' | 'away' | 'closed' = 'joining';
  private heartbeatAtMs = -Infinity;
  private assigned: readonly number[] = [];
  /** Joins and leaves, one after the other: one under way would end what begins here. */
  private moves: Promise<void> = Promise.resolve();
  /** Nodes whose fetch has begun and not ended. A fetch that fails never ends. */
  private readonly fetching = new Set<number>();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: GroupMemberOptions) {
    this.listen();
  }

  get isMember(): boolean {
    return this.state === 'member';
  }

  /** Whether the group's coordinator has answered within the session timeout. */
  get isHeartbeatFresh(): boolean {
    return this.isMember && performance.now() - this.heartbeatAtMs < this.options.sessionTimeoutMs;
  }

  /** Whether the group assigns this partition to the member. */
  has(partition: number): boolean {
    return this.assigned.includes(partition);
  }

  /** Joins in the background, however long Kafka is away. */
  start(): void {
    this.moves = this.moves.then(() => this.join());
  }

  /** Leaves the group, so that other members get the partitions, until `rejoin`. */
  leave(): void {
    if (this.state === 'closed') return;
    this.state = 'away';
    this.assigned = [];
    this.options.onLeft();
    this.moves = this.moves.then(() => this.stopConsumer()).catch((err: unknown) => {
      this.options.logger.debug({ err }, 'The group was not left; it will notice by itself');
    });
  }

  rejoin(): void {
    if (this.state === 'closed') return;
    this.state = 'joining';
    this.joinAgain(0);
  }

  /** Leaves the group for good. May be called twice. */
  close(): Promise<void> {
    if (this.closing === undefined) {
      this.state = 'closed';
      this.options.onLeft();
      this.closing = this.options.consumer.disconnect();
    }
    return this.closing;
  }

  private joinAgain(delayMs: number): void {
    this.moves = this.moves
      .then(() => delay(delayMs))
      // kafkajs runs a consumer again only when it was stopped, even if it has ended by itself.
      .then(() => this.stopConsumer())
      .catch((err: unknown) => this.options.logger.warn({ err }, 'The consumer did not stop before it rejoins'))
      .then(() => this.join());
  }

  private async stopConsumer(): Promise<void> {
    await this.options.consumer.stop();
    if (this.state === 'member') this.state = 'joining';
  }

  /** Ends when the member has joined, when the consumer has crashed (see CRASH), and when it must not join any more. */
  private async join(): Promise<void> {
    const { consumer, topics, concurrency, eachBatch, onFatal, logger } = this.options;
    while (this.mayJoin()) {
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: [...topics], fromBeginning: true });
        if (this.mayJoin()) await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: concurrency, eachBatch });
        // `close` came while the consumer connected.
        if (this.closing !== undefined) await consumer.disconnect();
        return;
      } catch (error) {
        if (error instanceof Error && isCausedByTypeError(error)) return onFatal(error);
        logger.warn({ err: error }, 'Kafka does not answer; retrying');
        await delay(RETRY_CONNECT_MS);
      }
    }
  }

  private mayJoin(): boolean {
    return this.state === 'joining';
  }

  private listen(): void {
    const { consumer, topics, onJoined, onFetch, onFetchRecovered, onFatal, logger } = this.options;
    const { GROUP_JOIN, HEARTBEAT, CRASH, FETCH_START, FETCH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => {
      if (this.state === 'closed' || this.state === 'away') return;
      this.state = 'member';
      this.assigned = payload.memberAssignment[topics[0]] ?? [];
      this.heartbeatAtMs = performance.now();
      this.fetching.clear();
      logger.info({ shards: this.assigned }, 'Joined the group');
      onJoined(this.assigned);
    });
    consumer.on(HEARTBEAT, () => {
      this.heartbeatAtMs = performance.now();
    });
    consumer.on(FETCH, ({ payload: { nodeId } }) => this.fetching.delete(nodeId));
    consumer.on(FETCH_START, ({ payload: { nodeId } }) => {
      if (this.fetching.has(nodeId)) onFetchRecovered();
      this.fetching.add(nodeId);
      onFetch(nodeId);
    });
    consumer.on(CRASH, ({ payload: { error } }) => {
      if (this.state === 'closed') return;
      if (this.state === 'member') this.state = 'joining';
      if (isCausedByTypeError(error)) return onFatal(error);
      logger.warn({ err: error }, 'The consumer has ended; rejoining');
      this.joinAgain(REJOIN_AFTER_MS);
    });
  }
}
