import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { IngestLimits } from './ingest-limits.js';
import { TokenBucketsRepository } from './token-buckets.repository.js';

/** Posts wait for it. A statement takes a millisecond or two. */
const TIMEOUT_MS = 5_000;

/** Rate limits over all processes. */
@Module({
  // Of its own, so that it never waits for a commit of events. 1: group commit sends one statement at a time.
  imports: [PostgresModule.pool({ name: 'rate-limits', max: 1, transactionTimeoutMs: TIMEOUT_MS })],
  providers: [TokenBucketsRepository, IngestLimits],
  exports: [IngestLimits],
})
export class RateLimitsModule {}
