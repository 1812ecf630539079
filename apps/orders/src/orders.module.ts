import { type DynamicModule, Module } from '@nestjs/common';
import type { HealthChecks } from '#ground/health/health.controller';
import { GivenHealthModule } from '#ground/health/given-health.module';
import { IdempotencyModule, type IdempotencyParts } from '#idempotency/idempotency.module';
import type { Logger } from '#ground/telemetry/logger';
import { OutsideController } from './outside/outside.controller.js';
import { OrderCreatedController, PAYMENTS_LOGGER } from './payments/order-created.controller.js';
import { PaymentsInbox } from './payments/payments-inbox.js';
import { OrdersController } from './placing/orders.controller.js';
import { OrdersService } from './placing/orders.service.js';
import { SagaRunner } from './saga/saga-runner.js';

export interface OrdersParts {
  readonly orders: OrdersService;
  readonly inbox: PaymentsInbox;
  readonly saga: SagaRunner;
  readonly idempotency: IdempotencyParts;
  readonly health: HealthChecks;
  readonly logger: Logger;
}

/** What the orders app serves: orders and the outside over HTTP, payments by its transport. */
@Module({})
export class OrdersModule {
  static of({ orders, inbox, saga, idempotency, health, logger }: OrdersParts): DynamicModule {
    return {
      module: OrdersModule,
      imports: [IdempotencyModule.of(idempotency), GivenHealthModule.of(health)],
      controllers: [OrdersController, OutsideController, OrderCreatedController],
      providers: [
        { provide: OrdersService, useValue: orders },
        { provide: PaymentsInbox, useValue: inbox },
        { provide: SagaRunner, useValue: saga },
        { provide: PAYMENTS_LOGGER, useValue: logger },
      ],
    };
  }
}
