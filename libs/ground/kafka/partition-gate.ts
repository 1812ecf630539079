import type { Consumer, TopicPartition } from 'kafkajs';
import type { Logger } from '#ground/telemetry/logger';
import { KafkaJSNonRetriableError } from './client.js';
import { QuietPartitions } from './quiet-partitions.js';

export interface PartitionGateOptions {
  readonly consumer: Pick<Consumer, 'pause' | 'resume' | 'seek'>;
  /** Full names of the topics. An offset to read from is one of the first topic. */
  readonly topics: readonly [lead: string, ...others: string[]];
  /** Those of them that are read a few times a second only. */
  readonly quietTopics: ReadonlySet<string>;
  readonly logger: Logger;
}

/**
 * Decides which assigned partitions the consumer reads. A shard is shut until `open`. A partition of an open shard can
 * pause for a time.
 */
export class PartitionGate {
  private readonly quiet = new QuietPartitions();
  /** Timers that resume a partition. */
  private readonly timers = new Set<NodeJS.Timeout>();
  /** The open shards, each with the number of its opening. */
  private readonly openings = new Map<number, number>();
  private lastOpening = 0;

  constructor(private readonly options: PartitionGateOptions) {}

  /**
   * Reads the shard's partitions, the first topic from this offset. Without an offset, and in the other topics, reading
   * continues where it was, or where the group's offsets say after a rejoin.
   */
  open(shard: number, leadOffset?: number): void {
    const { consumer, topics } = this.options;
    this.openings.set(shard, ++this.lastOpening);
    this.whileInGroup(() => {
      if (leadOffset !== undefined) consumer.seek({ topic: topics[0], partition: shard, offset: String(leadOffset) });
      for (const topic of topics) this.resume({ topic, partition: shard });
    });
  }

  /** Stops reading the shard's partitions. */
  shut(shard: number): void {
    this.openings.delete(shard);
    for (const topic of this.options.topics) this.pause({ topic, partition: shard });
  }

  /** Stops reading all of these, which the group has just assigned: in kafkajs, pauses outlive a rejoin. */
  shutAll(shards: readonly number[]): void {
    this.clear();
    this.options.consumer.pause(this.options.topics.map((topic) => ({ topic, partitions: [...shards] })));
  }

  /** Forgets everything: the consumer leaves the group. */
  clear(): void {
    this.openings.clear();
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.quiet.clear();
  }

  /**
   * Identifies the shard's current opening; undefined while the shard is shut. A batch that was read under another opening
   * is outdated.
   */
  openingOf(shard: number): number | undefined {
    return this.openings.get(shard);
  }

  /** Stops reading one partition until its shard is opened again. */
  pause(partition: TopicPartition): void {
    this.quiet.remove(partition);
    this.whileInGroup(() => this.options.consumer.pause([selectionOf(partition)]));
  }

  /** Stops reading one partition for a time, unless its shard is shut or opened again before. */
  pauseFor(partition: TopicPartition, durationMs: number): void {
    const opening = this.openingOf(partition.partition);
    this.pause(partition);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (opening !== undefined && opening === this.openingOf(partition.partition)) this.whileInGroup(() => this.resume(partition));
    }, durationMs);
    this.timers.add(timer);
  }

  /** There is more to read in this partition. */
  expedite({ topic }: TopicPartition): void {
    if (this.options.quietTopics.has(topic)) this.quiet.expedite();
  }

  /** Call when a fetch from this node begins, before kafkajs selects its partitions. */
  beforeFetch(nodeId: number): void {
    const action = this.quiet.beforeFetch(nodeId, performance.now());
    if (action === undefined) return;
    const selections = this.quiet.all.map(selectionOf);
    this.whileInGroup(() => this.options.consumer[action](selections));
  }

  private resume(partition: TopicPartition): void {
    if (this.options.quietTopics.has(partition.topic)) this.quiet.add(partition);
    else this.options.consumer.resume([selectionOf(partition)]);
  }

  /** kafkajs throws while its consumer is in no group. The next join shuts all partitions anyway. */
  private whileInGroup(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
      this.options.logger.debug({ err: error }, 'The consumer is in no group now');
    }
  }
}

function selectionOf({ topic, partition }: TopicPartition): { topic: string; partitions: number[] } {
  return { topic, partitions: [partition] };
}
