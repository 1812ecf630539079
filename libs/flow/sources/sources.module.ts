import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SecretsModule } from '#ground/secrets/secrets.module';
import { SourceActivity } from './source-activity.js';
import { SourceDirectory } from './source-directory.js';

/** A read takes a millisecond. One that takes longer fails, and the requests that wait for it get a 503. */
const TIMEOUT_MS = 2_000;

/** Events from others: which sources there are, and what comes to them. */
@Module({
  // Of its own, because every request may have to wait for a read. 1: the directory sends one read at a time.
  imports: [PostgresModule.pool({ name: 'sources', max: 1, serves: 'requests', transactionTimeoutMs: TIMEOUT_MS }), SecretsModule],
  providers: [SourceActivity, SourceDirectory],
  exports: [SourceActivity, SourceDirectory],
})
export class SourcesModule {}
