import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { EndpointLimits } from './endpoint-limits.js';
import { TokenBucketsRepository } from './token-buckets.repository.js';

/** Rate limits of endpoints over all dispatchers. */
@Module({
  // Of its own, so that tokens never wait for an outcome or a scan. 1: group commit sends one statement at a time.
  imports: [PostgresModule.pool({ name: 'rate-limits', max: 1 })],
  providers: [TokenBucketsRepository, EndpointLimits],
  exports: [EndpointLimits],
})
export class EndpointLimitsModule {}
