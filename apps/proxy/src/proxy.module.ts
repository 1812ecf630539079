import { Module } from '@nestjs/common';
import { HealthDatabaseModule } from '#ground/health/health-database.module';
import { HealthModule } from '#ground/health/health.module';
import { PostgresIndicator } from '#ground/health/indicators';
import { HttpClientModule } from '#ground/http-client/http-client.module';
import { PostgresModule } from '#ground/postgres/postgres.module';
import { CONFIG } from '#ground/process/process-context';
import { IdempotencyModule } from '#idempotency/idempotency.module';
import type { IdempotencyOptions } from '#idempotency/idempotency-options';
import { ForwardingController } from './forwarding.controller.js';
import { ForwardingService } from './forwarding.service.js';
import { HeldBytes } from './held-bytes.js';
import { LaneOrder } from './lane-order.js';
import type { ProxyConfig } from './proxy-config.js';
import { ProxyLifecycle } from './proxy.lifecycle.js';
import { RouteTable } from './route-table.js';
import { Upstream } from './upstream.js';

/** The idempotency proxy: forwards each request with a key once, and answers its repeats from the store. */
@Module({
  imports: [
    PostgresModule.forRoot({ app: 'proxy' }),
    HttpClientModule,
    IdempotencyModule.forRootAsync({
      inject: [CONFIG],
      useFactory: ({ idempotencyLeaseMs, idempotencyRetentionMs, storePatienceMs }: ProxyConfig): IdempotencyOptions =>
        ({ leaseMs: idempotencyLeaseMs, retentionMs: idempotencyRetentionMs, storePatienceMs }),
    }),
    // Its own connection: a busy store must not look like one that is away.
    HealthModule.of({ imports: [HealthDatabaseModule], needs: [PostgresIndicator] }),
  ],
  controllers: [ForwardingController],
  providers: [ForwardingService, HeldBytes, LaneOrder, ProxyLifecycle, RouteTable, Upstream],
})
export class ProxyModule {}
