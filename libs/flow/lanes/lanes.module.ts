import { Module } from '@nestjs/common';
import { WindowBudget } from '#domain/lane';
import { BreakersModule } from '#flow/breakers/breakers.module';
import { DeliveryModule } from '#flow/delivery/delivery.module';
import { EndpointLimitsModule } from '#flow/rate-limits/endpoint-limits.module';
import { OutcomeModule } from '#flow/outcome/outcome.module';
import { RetriesModule } from '#flow/retries/retries.module';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SamplesModule } from '#ground/samples/samples.module';
import { AdmissionProgress } from './admission-progress.js';
import { EndpointActivity } from './endpoint-activity.js';
import { LaneBudget } from './lane-budget.js';
import { LaneIntake, LaneListener } from './lane-intake.js';
import { LaneLoader } from './lane-loader.js';
import { LaneRunner } from './lane-runner.js';
import { LaneSweeper } from './lane-sweeper.js';
import { LanesRepository } from './lanes.repository.js';
import { OpenShards } from './open-shards.js';
import { PendingAgeProbe } from './pending-age-probe.js';
import { TokenRedeemer } from './token-redeemer.js';

/** What all windows together may hold: with Node's own needs it keeps the process under 300 MB. */
const WINDOW_BYTES = 36 * 1_048_576;
/** A lane's record without its window takes about 400 bytes. */
const MAX_LANES = 150_000;

/** Runs the lanes of the shards that this process owns. `LanesApiModule` serves them over HTTP. */
@Module({
  imports: [
    // 2: windows that running lanes wait for must not wait for the scan of a shard.
    PostgresModule.pool({ name: 'lanes', max: 2, plans: 'queue' }),
    HousekeepingDatabaseModule,
    DeliveryModule,
    BreakersModule,
    OutcomeModule,
    RetriesModule,
    EndpointLimitsModule,
    SamplesModule,
  ],
  providers: [
    OpenShards,
    AdmissionProgress,
    EndpointActivity,
    { provide: LaneBudget, useFactory: () => new LaneBudget(MAX_LANES) },
    { provide: WindowBudget, useFactory: () => new WindowBudget(WINDOW_BYTES) },
    LanesRepository,
    LaneRunner,
    { provide: LaneListener, useExisting: LaneRunner },
    LaneIntake,
    LaneLoader,
    LaneSweeper,
    TokenRedeemer,
    PendingAgeProbe,
  ],
  exports: [OpenShards, AdmissionProgress, EndpointActivity, LaneBudget, WindowBudget, LanesRepository, LaneRunner, LaneIntake, LaneLoader, LaneSweeper],
})
export class LanesModule {}
