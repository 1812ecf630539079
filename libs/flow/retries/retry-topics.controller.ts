import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { HandlerErrorFilter } from '#ground/kafka/handler-error.filter';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { RetryReader } from './retry-reader.js';

/** The topics of all retry tiers. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class RetryTopicsController {
  constructor(private readonly reader: RetryReader) {}

  @EventPattern('retry')
  read(@Payload() batch: ShardBatch): BatchResult {
    return this.reader.read(batch);
  }
}
