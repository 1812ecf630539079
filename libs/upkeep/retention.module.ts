import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ExpiredKeysSweeper } from './expired-keys-sweeper.js';
import { RetentionSweeper } from './retention-sweeper.js';

/** Adding up a day of a hundred million deliveries takes minutes; nothing waits for it. */
const TIMEOUT_MS = 1_800_000;

/**
 * Deletes what has expired. In the gateways, one of them at a time: one is always there, while dispatchers may be
 * stopped, and have statements that must end within a lease's time.
 */
@Module({
  // Connections that are idle for ten seconds are closed, so these mostly don't exist.
  imports: [
    PostgresModule.pool({ name: 'keys', max: 1, plans: 'by-index' }),
    PostgresModule.pool({ name: 'retention', max: 1, transactionTimeoutMs: TIMEOUT_MS }),
  ],
  providers: [ExpiredKeysSweeper, RetentionSweeper],
  exports: [ExpiredKeysSweeper, RetentionSweeper],
})
export class RetentionModule {}
