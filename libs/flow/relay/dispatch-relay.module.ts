import { Module } from '@nestjs/common';
import { LanesModule } from '#flow/lanes/lanes.module';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { DispatchOutboxObserver } from './dispatch-outbox-observer.js';
import { DispatchRelay } from './dispatch-relay.js';
import { DispatchRelayIndicator } from './dispatch-relay.indicator.js';

/** Sends the retry tokens, dead letters and nudges of the shards that this process owns to Kafka. */
@Module({
  // 1: the relay reads, then sends. The shards' leases are not its own.
  imports: [PostgresModule.pool({ name: 'relay', max: 1, plans: 'queue' }), HousekeepingDatabaseModule, LanesModule],
  providers: [DispatchRelay, DispatchRelayIndicator, DispatchOutboxObserver],
  exports: [DispatchRelay, DispatchRelayIndicator],
})
export class DispatchRelayModule {}
