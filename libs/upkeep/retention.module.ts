import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { ExpiredRowsSweeper } from './expired-rows-sweeper.js';
import { RetentionSweeper } from './retention-sweeper.js';

/** Counting a day of a hundred million deliveries takes minutes, and delays nothing else. */
const TIMEOUT_MS = 1_800_000;

/**
 * Deletes expired keys, rejections and audit rows, and drops old days. Gateways do it, one at a time: dispatchers may be stopped, and their statements
 * must end within a lease's time.
 */
@Module({
  // Idle connections close after ten seconds, so these exist only during a sweep.
  imports: [
    PostgresModule.pool({ name: 'keys', max: 1, plans: 'by-index' }),
    PostgresModule.pool({ name: 'retention', max: 1, transactionTimeoutMs: TIMEOUT_MS }),
  ],
  providers: [ExpiredRowsSweeper, RetentionSweeper],
  exports: [ExpiredRowsSweeper, RetentionSweeper],
})
export class RetentionModule {}
