import { Controller, Inject, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { LogReader } from '#flow/admission/log-reader';
import type { RetryReader } from '#flow/retries/retry-reader';
import { HandlerErrorFilter } from '#ground/kafka/handler-error.filter';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';

export const TOPIC_READERS = Symbol('TOPIC_READERS');

export interface TopicReaders {
  readonly log: LogReader;
  readonly retries: RetryReader;
  /** What looks for changes in Postgres by itself, and at once when nudged. */
  readonly nudged: readonly { nudge(): void }[];
}

/** What is done with the batches of each topic. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class TopicsController {
  constructor(@Inject(TOPIC_READERS) private readonly readers: TopicReaders) {}

  @EventPattern('events')
  events(@Payload() batch: ShardBatch): Promise<BatchResult> {
    return this.readers.log.read(batch);
  }

  /** All rungs of the ladder. */
  @EventPattern('retry')
  retry(@Payload() batch: ShardBatch): BatchResult {
    return this.readers.retries.read(batch);
  }

  /** Nudges only: what has changed stands in Postgres. */
  @EventPattern('control')
  control(@Payload() batch: ShardBatch): BatchResult {
    if (batch.records.length > 0) for (const reader of this.readers.nudged) reader.nudge();
    return { kind: 'done' };
  }
}
