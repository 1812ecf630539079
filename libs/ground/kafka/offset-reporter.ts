import type { EachBatchPayload } from 'kafkajs';

type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

/** A commit is a write to Kafka: with one for each batch, commits took a third of the broker's time at 200 events/s. */
const INTERVAL_MS = 1_000;

/**
 * Commits the consumer group's offsets once a second. They show lag, and after a takeover the retry topics are read from
 * them. Correctness does not depend on them: Postgres holds how far a shard's events are read.
 */
export class OffsetReporter {
  private readonly offsets = new Map<string, { topic: string; partition: number; offset: number }>();
  private commit: Commit | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onError: (error: unknown) => void) {}

  /**
   * @param offset the next one to read
   * @param commit the batch's own; the consumer's ends the consumer when it meets a rebalance
   */
  report(topic: string, partition: number, offset: number, commit: Commit): void {
    this.offsets.set(`${topic}/${partition}`, { topic, partition, offset });
    this.commit = commit;
    this.timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  /** Drops uncommitted offsets: after a rejoin, another member may own the partitions. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.offsets.clear();
  }

  private flush(): void {
    this.timer = undefined;
    const topics = [...this.offsets.values()].map(({ topic, partition, offset }) => ({ topic, partitions: [{ partition, offset: String(offset) }] }));
    this.offsets.clear();
    // Without explicit offsets, kafkajs commits nothing unless a threshold is set.
    this.commit?.({ topics }).catch(this.onError);
  }
}
