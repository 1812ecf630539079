import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { OperationalEventsPoster } from './operational-events-poster.js';
import { OperationalEventsRepository } from './operational-events.repository.js';

/** As ingest's. */
const TIMEOUT_MS = 5_000;

/** Tells a tenant's endpoints what happened to its endpoints and sources. */
@Module({
  // Of its own, because its rows are a queue: an ordinary plan would read every deleted row again and again.
  imports: [PostgresModule.pool({ name: 'operational-events', max: 1, plans: 'queue', transactionTimeoutMs: TIMEOUT_MS })],
  providers: [OperationalEventsRepository, OperationalEventsPoster],
  exports: [OperationalEventsPoster],
})
export class OperationalEventsModule {}
