import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#ground/telemetry/logger';
import type { AssignedPartitions } from './assigned-partitions.js';
import { sourceGaps } from './kafka-sources.metrics.js';
import type { GapReason, KafkaSourcesRepository } from './kafka-sources.repository.js';
import type { PartitionQueue } from './partition-queue.js';
import type { PostgresRetries } from './postgres-retries.js';
import type { Advance } from './record-chunk.js';
import type { ReachedTopic } from './source-topic.js';

export interface GapPasserOptions {
  readonly topic: ReachedTopic;
  readonly partitions: AssignedPartitions;
  readonly repository: Pick<KafkaSourcesRepository, 'passGap'>;
  readonly retries: PostgresRetries;
  readonly logger: Logger;
  /** Aborted when the session ends. */
  readonly ending: AbortSignal;
}

/** Before records that the log has are fetched again. */
const FETCH_AGAIN_MS = 100;

/** Reads on where the log does not have what comes next, and reports what it has lost. */
export class GapPasser {
  constructor(private readonly options: GapPasserOptions) {}

  /**
   * @param queue one that is stuck, while no statement is under way that may move its position
   * @throws what kafkajs throws; what Postgres throws, unless it may pass; AbortError when the session ends
   */
  async pass(queue: PartitionQueue): Promise<void> {
    const { topic, partitions, ending } = this.options;
    const { partition } = queue;
    const ends = (await topic.ends()).get(partition);
    await topic.confirm(performance.now());
    if (ends === undefined || !partitions.isCurrent(queue) || !partitions.isStuck(queue)) return;
    const expectedOffset = queue.nextOffset;
    if (ends.end < expectedOffset) return this.passGap({ partition, expectedOffset, nextOffset: ends.end }, 'log_lost');
    if (ends.start > expectedOffset) return this.passGap({ partition, expectedOffset, nextOffset: ends.start }, 'retention');
    await delay(FETCH_AGAIN_MS, undefined, { signal: ending });
    await partitions.read([partition]);
  }

  private async passGap(gap: Advance, reason: GapReason): Promise<void> {
    const { topic: { of }, partitions, repository, retries, logger } = this.options;
    if (await retries.run(() => repository.passGap(of, gap, reason))) {
      sourceGaps.inc({ reason });
      logger.warn({ source: of.source.publicId, topic: of.topic, partition: gap.partition, from: gap.expectedOffset, to: gap.nextOffset, reason }, 'A topic has lost records that its source had not read');
    }
    await partitions.read([gap.partition]);
  }
}
