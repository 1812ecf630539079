import type { TopicPartition } from 'kafkajs';

/** Between two looks into the quiet partitions. */
const LOOK_MS = 200;
/** A look that takes longer is none any more: its broker is gone, and its partitions are at another. */
const LONGEST_LOOK_MS = 2_000;

/**
 * Partitions that are seldom written to and that nobody waits for: only one fetch in 200 ms asks for them. Each partition
 * in a fetch costs broker and client about 20 µs whether it has records or not, and a ladder of five rungs has five times
 * as many as there are shards.
 *
 * One broker's look at a time, since kafkajs pauses partitions for the fetches from all brokers.
 */
export class QuietPartitions {
  private readonly partitions = new Map<string, TopicPartition>();
  /** By node; one that isn't in it is due. */
  private readonly dueAtMs = new Map<number, number>();
  private looking: { readonly nodeId: number; readonly sinceMs: number } | undefined;

  /** To be read, at once and then every 200 ms. */
  open(partition: TopicPartition): void {
    this.partitions.set(keyOf(partition), partition);
    this.hurry();
  }

  shut(partition: TopicPartition): void {
    this.partitions.delete(keyOf(partition));
  }

  shutAll(): void {
    this.partitions.clear();
    this.looking = undefined;
    this.hurry();
  }

  /** There is more to be read. */
  hurry(): void {
    this.dueAtMs.clear();
  }

  get all(): readonly TopicPartition[] {
    return [...this.partitions.values()];
  }

  /**
   * A fetch from this node is about to begin; the one before has ended.
   * @returns whether the quiet partitions are to be part of it; undefined: as it is
   */
  turn(nodeId: number, nowMs: number): 'look' | 'rest' | undefined {
    const { looking } = this;
    if (looking !== undefined && looking.nodeId !== nodeId && nowMs < looking.sinceMs + LONGEST_LOOK_MS) return undefined;
    if (nowMs >= (this.dueAtMs.get(nodeId) ?? -Infinity)) {
      this.dueAtMs.set(nodeId, nowMs + LOOK_MS);
      this.looking = { nodeId, sinceMs: nowMs };
      return 'look';
    }
    this.looking = undefined;
    return looking === undefined ? undefined : 'rest';
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
