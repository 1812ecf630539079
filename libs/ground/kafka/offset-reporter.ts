import type { EachBatchPayload } from 'kafkajs';

type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

/** A commit is a write to Kafka: one for every batch took a third of the broker's time at 200 events/s. */
const INTERVAL_MS = 1_000;

/**
 * Commits the consumer group's offsets once a second. They only show lag, and bring the retry topics' readers near
 * where they were: how far a shard is read stands in Postgres.
 */
export class OffsetReporter {
  private readonly offsets = new Map<string, { topic: string; partition: number; offset: number }>();
  private commit: Commit | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onError: (error: unknown) => void) {}

  /** @param commit the batch's own: the consumer's would end it when it meets a rebalance */
  report(topic: string, partition: number, offset: number, commit: Commit): void {
    this.offsets.set(`${topic}/${partition}`, { topic, partition, offset });
    this.commit = commit;
    this.timer ??= setTimeout(() => this.flush(), INTERVAL_MS);
  }

  /** Forgets what was not committed: after a rejoin the partitions may be another's. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.offsets.clear();
  }

  private flush(): void {
    this.timer = undefined;
    // Explicit offsets: without them kafkajs commits nothing unless a threshold is set.
    const topics = [...this.offsets.values()].map(({ topic, partition, offset }) => ({ topic, partitions: [{ partition, offset: String(offset) }] }));
    this.offsets.clear();
    this.commit?.({ topics }).catch(this.onError);
  }
}
