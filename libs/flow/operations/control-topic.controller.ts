import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { HandlerErrorFilter } from '#ground/kafka/handler-error.filter';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { LaneMarks } from './lane-marks.js';
import { ReplayApplier } from './replay-applier.js';

/** The topic of nudges: a record says that something has changed in Postgres, not what. */
@Controller()
@UseFilters(HandlerErrorFilter)
export class ControlTopicController {
  constructor(
    private readonly endpoints: EndpointDirectory,
    private readonly marks: LaneMarks,
    private readonly replays: ReplayApplier,
  ) {}

  @EventPattern('control')
  nudge(@Payload() { records }: ShardBatch): BatchResult {
    if (records.length > 0) {
      this.endpoints.nudge();
      this.marks.nudge();
      this.replays.nudge();
    }
    return { kind: 'done' };
  }
}
