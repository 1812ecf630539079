import { Module } from '@nestjs/common';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { SagaModule } from '../saga/saga.module.js';
import { ExpiredInboxSweeper } from './expired-inbox-sweeper.js';
import { OrderCreatedController } from './order-created.controller.js';
import { PaymentsIndicator } from './payments.indicator.js';
import { PaymentsInbox } from './payments-inbox.js';
import { PaymentsTransport } from './payments.transport.js';

/** Takes the events of orders in from Kafka, once each, and begins their sagas. */
@Module({
  imports: [
    PostgresModule.pool({ name: 'inbox', max: 2, plans: 'by-index' }),
    PostgresModule.pool({ name: 'inbox-upkeep', max: 1, plans: 'by-index' }),
    SagaModule,
  ],
  controllers: [OrderCreatedController],
  providers: [PaymentsInbox, PaymentsTransport, PaymentsIndicator, ExpiredInboxSweeper],
  exports: [PaymentsTransport, PaymentsIndicator, ExpiredInboxSweeper],
})
export class PaymentsModule {}
