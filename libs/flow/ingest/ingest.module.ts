import { Module } from '@nestjs/common';
import { EventTypesModule } from '#flow/event-types/event-types.module';
import { EventRelayModule } from '#flow/relay/event-relay.module';
import { RateLimitsModule } from '#flow/rate-limits/rate-limits.module';
import { RejectionCountsModule } from '#ground/http/rejections.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SampleCountsModule } from '#ground/samples/sample-counts.module';
import { BatchAcceptor } from './batch-acceptor.js';
import { BatchController } from './batch.controller.js';
import { BatchFeeder } from './batch-feeder.js';
import { Duplicates } from './duplicates.js';
import { FollowupRepository } from './followup.repository.js';
import { IngestController } from './ingest.controller.js';
import { IngestIndicator } from './ingest.indicator.js';
import { IngestRepository } from './ingest.repository.js';
import { IngestService } from './ingest.service.js';
import { QueueLimit } from './queue-limit.js';
import { SettlementWatch } from './settlement-watch.js';

/** Long enough for any batch on a slow disk; a commit that hangs longer becomes a 503. */
const TIMEOUT_MS = 5_000;
/** Its statements look up some rows by key. */
const FOLLOWUP_TIMEOUT_MS = 2_000;

/** Accepts events. */
@Module({
  imports: [
    // Of its own, so that a slow list query never delays it. 1: group commit sends one statement at a time.
    PostgresModule.pool({ name: 'ingest', max: 1, transactionTimeoutMs: TIMEOUT_MS }),
    // What a request asks for after its event was accepted. 2: one for requests that wait, which send one statement at a time.
    PostgresModule.pool({ name: 'followup', max: 2, serves: 'requests', statementTimeoutMs: FOLLOWUP_TIMEOUT_MS, plans: 'by-index' }),
    EventTypesModule,
    EventRelayModule,
    RejectionCountsModule,
    SampleCountsModule,
    RateLimitsModule,
  ],
  controllers: [IngestController, BatchController],
  providers: [IngestRepository, { provide: QueueLimit, useFactory: () => new QueueLimit() }, IngestService, BatchFeeder, BatchAcceptor, IngestIndicator, FollowupRepository, Duplicates, SettlementWatch],
  exports: [IngestService, Duplicates, BatchFeeder, IngestIndicator, SettlementWatch],
})
export class IngestModule {}
