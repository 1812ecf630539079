import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { PaymentsModule } from '../payments/payments.module.js';
import { OrderOutbox } from './order-outbox.js';
import { OrderRelay } from './order-relay.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';
import { RelayIndicator } from './relay.indicator.js';

/** Takes orders over HTTP, and sends their events to Kafka. */
@Module({
  imports: [
    PostgresModule.pool({ name: 'orders', max: 4, serves: 'requests', health: true }),
    // 1: the relay sends one statement at a time.
    PostgresModule.pool({ name: 'relay', max: 1, plans: 'queue' }),
    // A process relays the partitions that it reads.
    PaymentsModule,
  ],
  controllers: [OrdersController],
  providers: [OrdersRepository, OrdersService, OrderOutbox, OrderRelay, RelayIndicator],
  exports: [PostgresModule, OrdersRepository, OrderRelay, RelayIndicator],
})
export class PlacingModule {}
