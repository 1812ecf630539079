import type { TopicPartition } from 'kafkajs';

const INTERVAL_MS = 200;
/** A fetch that takes longer has failed: its broker is away, and its partitions are at another. */
const FETCH_LIMIT_MS = 2_000;

/**
 * Partitions that rarely get records and may be read late: one fetch in 200 ms includes them. A partition in a fetch costs
 * broker and client about 20 µs, with or without records, and five retry tiers have five partitions for each shard.
 *
 * They are part of one broker's fetches at a time, because kafkajs pauses a partition for the fetches from all brokers.
 */
export class QuietPartitions {
  private readonly partitions = new Map<string, TopicPartition>();
  /** By node; a node without an entry is due. */
  private readonly dueAtMs = new Map<number, number>();
  private included: { readonly nodeId: number; readonly sinceMs: number } | undefined;

  /** Reads this partition at once, and then every 200 ms. */
  add(partition: TopicPartition): void {
    this.partitions.set(keyOf(partition), partition);
    this.expedite();
  }

  remove(partition: TopicPartition): void {
    this.partitions.delete(keyOf(partition));
  }

  clear(): void {
    this.partitions.clear();
    this.included = undefined;
    this.expedite();
  }

  /** The next fetch includes the partitions: there is more to read. */
  expedite(): void {
    this.dueAtMs.clear();
  }

  get all(): readonly TopicPartition[] {
    return [...this.partitions.values()];
  }

  /**
   * Call when a fetch from this node begins; the node's previous one has ended.
   * @returns what to do with the partitions before it; undefined: nothing
   */
  beforeFetch(nodeId: number, nowMs: number): 'resume' | 'pause' | undefined {
    const { included } = this;
    if (included !== undefined && included.nodeId !== nodeId && nowMs < included.sinceMs + FETCH_LIMIT_MS) return undefined;
    if (nowMs >= (this.dueAtMs.get(nodeId) ?? -Infinity)) {
      this.dueAtMs.set(nodeId, nowMs + INTERVAL_MS);
      this.included = { nodeId, sinceMs: nowMs };
      return 'resume';
    }
    this.included = undefined;
    return included === undefined ? undefined : 'pause';
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
