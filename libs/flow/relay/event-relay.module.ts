import { Module } from '@nestjs/common';
import { HousekeepingDatabaseModule } from '#ground/postgres/housekeeping-database.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { EventOutboxObserver } from './event-outbox-observer.js';
import { EventRelay } from './event-relay.js';
import { EventRelayIndicator } from './event-relay.indicator.js';

/** Sends accepted events to Kafka. */
@Module({
  // 2: a read of many rows must not delay the renewal of the leases.
  imports: [PostgresModule.pool({ name: 'relay', max: 2, plans: 'queue' }), HousekeepingDatabaseModule],
  providers: [EventRelay, EventRelayIndicator, EventOutboxObserver],
  exports: [EventRelay, EventRelayIndicator],
})
export class EventRelayModule {}
