import type { Batch, EachBatchPayload } from 'kafkajs';
import type { Logger } from '#ground/telemetry/logger';
import { OffsetReporter } from './offset-reporter.js';
import type { PartitionGate } from './partition-gate.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';
import { isTypeError } from './type-errors.js';

/** A batch whose handler failed comes again after this. */
const RETRY_MS = 250;

/** What we use of kafkajs' payload. */
export type BatchPayload = Pick<EachBatchPayload, 'isRunning' | 'isStale' | 'resolveOffset' | 'heartbeat' | 'commitOffsetsIfNecessary'> & {
  readonly batch: Pick<Batch, 'topic' | 'partition' | 'highWatermark' | 'messages' | 'firstOffset' | 'lastOffset'>;
};

export interface BatchReaderOptions {
  readonly topicPrefix: string;
  readonly gate: Pick<PartitionGate, 'openingOf' | 'pause' | 'pauseFor' | 'expedite'>;
  readonly handle: (batch: ShardBatch) => Promise<BatchResult>;
  readonly logger: Logger;
}

/**
 * Passes kafkajs' batches to their handler, and acts on its answer. Its `read` never throws what would end the consumer:
 * kafkajs ends it for good on a type error.
 */
export class BatchReader {
  private readonly offsets: OffsetReporter;

  constructor(private readonly options: BatchReaderOptions) {
    this.offsets = new OffsetReporter((err) => options.logger.debug({ err }, 'Offsets were not committed; they only show lag'));
  }

  async read(payload: BatchPayload): Promise<void> {
    const { batch } = payload;
    if (!payload.isRunning() || payload.isStale() || batch.messages.length === 0) return;
    const { gate } = this.options;
    const opening = gate.openingOf(batch.partition);
    if (opening === undefined) return gate.pause(batch);
    const topic = batch.topic.slice(this.options.topicPrefix.length);
    const handed = batchOf(topic, batch);
    const result = await this.handle(handed);
    // Outdated: the shard was shut or opened again, or the group was rejoined, while the handler worked.
    if (gate.openingOf(batch.partition) !== opening) return;
    if (result.kind === 'closed') return gate.pause(batch);
    // After a seek, or in a consumer that stops, resolving the batch's offsets throws a TypeError.
    if (payload.isStale() || !payload.isRunning()) return;
    try {
      await this.settle(payload, handed, result);
    } catch (error) {
      // kafkajs' own errors are for its fetch loop: in a rebalance it meets the same one, and rejoins.
      if (!isTypeError(error)) throw error;
      this.options.logger.debug({ err: error }, 'kafkajs lost the partition while its batch was being handled');
    }
  }

  /** Drops offsets that are not committed yet: the consumer has rejoined, or leaves. */
  clear(): void {
    this.offsets.clear();
  }

  private async settle(payload: BatchPayload, { firstOffset, nextOffset, endsLog }: ShardBatch, result: Exclude<BatchResult, { kind: 'closed' }>): Promise<void> {
    const { batch } = payload;
    const { gate } = this.options;
    const readFrom = result.kind === 'done' ? nextOffset : result.fromOffset;
    if (readFrom > firstOffset) payload.resolveOffset(String(readFrom - 1));
    if (result.kind === 'pause') gate.pauseFor(batch, result.durationMs);
    else if (!endsLog) gate.expedite(batch);
    this.offsets.report(batch.topic, batch.partition, readFrom, (offsets) => payload.commitOffsetsIfNecessary(offsets));
    await payload.heartbeat();
  }

  /** A handler that fails gets its batch again. */
  private async handle(batch: ShardBatch): Promise<BatchResult> {
    try {
      return await this.options.handle(batch);
    } catch (error) {
      this.options.logger.error({ err: error, topic: batch.topic, shard: batch.shard, offset: batch.firstOffset }, 'A batch failed; retrying');
      return { kind: 'pause', fromOffset: batch.firstOffset, durationMs: RETRY_MS };
    }
  }
}

function batchOf(topic: string, batch: BatchPayload['batch']): ShardBatch {
  const nextOffset = Number(batch.lastOffset()) + 1;
  const logEnd = Number(batch.highWatermark);
  return {
    shard: batch.partition,
    topic,
    records: batch.messages,
    firstOffset: Number(batch.firstOffset()),
    nextOffset,
    logEnd,
    endsLog: nextOffset >= logEnd,
  };
}
