import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { HandlerErrorFilter } from '#ground/kafka/handler-error.filter';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { LogReader } from './log-reader.js';

/** The topic of accepted events. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class EventsTopicController {
  constructor(private readonly reader: LogReader) {}

  @EventPattern('events')
  read(@Payload() batch: ShardBatch): Promise<BatchResult> {
    return this.reader.read(batch);
  }
}
