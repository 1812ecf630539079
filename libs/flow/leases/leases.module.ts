import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { LeaseKeeper } from './lease-keeper.js';
import { LeasesRepository } from './leases.repository.js';

/** Which shards this process owns. */
@Module({
  // 2: a claim waits for statements of the former owner, and renewals must not wait with it.
  imports: [PostgresModule.pool({ name: 'leases', max: 2 })],
  providers: [LeasesRepository, LeaseKeeper],
  exports: [LeaseKeeper],
})
export class LeasesModule {}
