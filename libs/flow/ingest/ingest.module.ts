import { Module } from '@nestjs/common';
import { EventTypesModule } from '#flow/event-types/event-types.module';
import { EventRelayModule } from '#flow/relay/event-relay.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { IngestController } from './ingest.controller.js';
import { IngestIndicator } from './ingest.indicator.js';
import { IngestRepository } from './ingest.repository.js';
import { IngestService } from './ingest.service.js';
import { QueueLimit } from './queue-limit.js';

/** Long enough for any batch on a slow disk; a commit that hangs longer becomes a 503. */
const TIMEOUT_MS = 5_000;

/** Accepts events. */
@Module({
  // Of its own, so that a slow list query never delays it. 1: group commit sends one statement at a time.
  imports: [PostgresModule.pool({ name: 'ingest', max: 1, transactionTimeoutMs: TIMEOUT_MS }), EventTypesModule, EventRelayModule],
  controllers: [IngestController],
  providers: [IngestRepository, { provide: QueueLimit, useFactory: () => new QueueLimit() }, IngestService, IngestIndicator],
  exports: [IngestService, IngestIndicator],
})
export class IngestModule {}
