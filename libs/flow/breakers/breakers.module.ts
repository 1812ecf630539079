import { Module } from '@nestjs/common';
import { LeasesModule } from '#flow/leases/leases.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { BreakersRepository } from './breakers.repository.js';
import { EndpointBreakers } from './endpoint-breakers.js';

/** Circuit breakers of endpoints, over all dispatchers. */
@Module({
  // Of its own, so that lanes that wait for Postgres do not delay a probe. 1: a round sends one statement after the other.
  imports: [PostgresModule.pool({ name: 'breakers', max: 1 }), LeasesModule],
  providers: [BreakersRepository, EndpointBreakers],
  exports: [EndpointBreakers],
})
export class BreakersModule {}
