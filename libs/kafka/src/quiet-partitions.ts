import type { TopicPartition } from 'kafkajs';

/** Between two looks into the quiet partitions. */
const LOOK_MS = 200;

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
  private lookingNode: number | undefined;

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
    this.lookingNode = undefined;
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
    const due = nowMs >= (this.dueAtMs.get(nodeId) ?? -Infinity);
    if (this.lookingNode !== undefined && this.lookingNode !== nodeId) return undefined;
    if (due) {
      this.dueAtMs.set(nodeId, nowMs + LOOK_MS);
      this.lookingNode = nodeId;
      return 'look';
    }
    if (this.lookingNode === undefined) return undefined;
    this.lookingNode = undefined;
    return 'rest';
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
