import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { EventTypeDirectory } from './event-type-directory.js';

/** A read takes milliseconds; events wait for it when Postgres is slow. */
const TIMEOUT_MS = 5_000;

/** Checks events against what their tenant says about their types. */
@Module({
  // 2: the directory reads changes while an event waits for its schema.
  imports: [PostgresModule.pool({ name: 'event-types', max: 2, serves: 'requests', statementTimeoutMs: TIMEOUT_MS })],
  providers: [EventTypeDirectory],
  exports: [EventTypeDirectory],
})
export class EventTypesModule {}
