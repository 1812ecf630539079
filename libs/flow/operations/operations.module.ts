import { Module } from '@nestjs/common';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { LanesModule } from '#flow/lanes/lanes.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ControlTopicController } from './control-topic.controller.js';
import { EndpointDiscarder } from './endpoint-discarder.js';
import { LaneMarks } from './lane-marks.js';
import { LaneMarksRepository } from './lane-marks.repository.js';
import { OpenReplaysRepository } from './open-replays.repository.js';
import { ReplayApplier } from './replay-applier.js';

/** Applies operators' actions to the shards that this process owns. */
@Module({
  // Of its own: a replay of many dead letters must not delay the windows of the lanes.
  imports: [PostgresModule.pool({ name: 'operations', max: 1, plans: 'by-index' }), DeliveryModule, LanesModule],
  controllers: [ControlTopicController],
  providers: [LaneMarksRepository, LaneMarks, OpenReplaysRepository, ReplayApplier, EndpointDiscarder],
  exports: [LaneMarks, ReplayApplier, EndpointDiscarder],
})
export class OperationsModule {}
