import { Module } from '@nestjs/common';
import { AdmissionModule } from '#flow/admission/admission.module';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { LanesModule } from '#flow/lanes/lanes.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { CatchUpRunner } from './catch-up-runner.js';
import { CatchUpsRepository } from './catch-ups.repository.js';

/** Routes past events to endpoints that begin in the past. */
@Module({
  imports: [
    // Of its own: admissions of other shards must not wait for a step.
    PostgresModule.pool({ name: 'catch-up', max: 1, plans: 'walk' }),
    DeliveryModule,
    LanesModule,
    AdmissionModule,
  ],
  providers: [CatchUpsRepository, CatchUpRunner],
  exports: [CatchUpRunner],
})
export class CatchUpModule {}
