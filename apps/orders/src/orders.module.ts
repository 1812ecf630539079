import { Module } from '@nestjs/common';
import { DEFAULT_TENANT } from '#domain/tenant';
import { HealthModule } from '#ground/health/health.module';
import { PostgresIndicator } from '#ground/health/indicators';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { TopicsIndicator } from '#ground/kafka/topics.indicator';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { CONFIG } from '#ground/process/process-context';
import { IdempotencyModule } from '#idempotency/idempotency.module';
import type { IdempotencyOptions } from '#idempotency/idempotency-options';
import { ensureOrderTopic } from './order-topic.js';
import type { OrdersConfig } from './orders-config.js';
import { OrdersLifecycle } from './orders.lifecycle.js';
import { OutsideModule } from './outside/outside.module.js';
import { PaymentsIndicator } from './payments/payments.indicator.js';
import { PaymentsModule } from './payments/payments.module.js';
import { PlacingModule } from './placing/placing.module.js';
import { RelayIndicator } from './placing/relay.indicator.js';
import { SagaModule } from './saga/saga.module.js';

/** An order, or a step of the outside, that takes longer becomes a 503. The same key tells what became of it. */
const TRANSACTION_TIMEOUT_MS = 5_000;
/** Orders and steps of the outside in progress at once: each takes a connection for its transaction. */
const TRANSACTIONS = 10;

/** The worked example: orders over HTTP, their events by an outbox, payments with an inbox, and a saga. */
@Module({
  imports: [
    PostgresModule.forRoot({ app: 'orders', transactionTimeoutMs: TRANSACTION_TIMEOUT_MS }),
    KafkaModule.forRoot({ clientId: 'lockstep-orders', ensure: ensureOrderTopic }),
    IdempotencyModule.forRootAsync({
      connections: TRANSACTIONS,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      inject: [CONFIG],
      useFactory: ({ idempotencyLeaseMs, idempotencyRetentionMs }: OrdersConfig): IdempotencyOptions => ({
        leaseMs: idempotencyLeaseMs,
        retentionMs: idempotencyRetentionMs,
        // The example serves one tenant.
        tenantOf: () => DEFAULT_TENANT,
      }),
    }),
    PlacingModule,
    PaymentsModule,
    SagaModule,
    OutsideModule,
    HealthModule.of({
      imports: [PlacingModule, PaymentsModule],
      needs: [PostgresIndicator],
      // Orders are taken without Kafka: their events wait in the outbox.
      degradedBy: [TopicsIndicator, RelayIndicator, PaymentsIndicator],
    }),
  ],
  providers: [OrdersLifecycle],
})
export class OrdersModule {}
