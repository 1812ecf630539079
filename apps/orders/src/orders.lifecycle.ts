import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { cutConnectionsAfter } from '#ground/http/http-app';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import { migrateAndLog } from '#ground/postgres/migrate';
import { ServerCheck } from '#ground/postgres/server-check';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { Lifetime } from '#ground/process/lifetime';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ExpiredRequestsSweeper } from '#idempotency/expired-requests-sweeper';
import { IdempotencyService } from '#idempotency/idempotency.service';
import type { OrdersConfig } from './orders-config.js';
import { ORDERS_MIGRATIONS } from './orders-migrations.js';
import { orderOutboxDepth } from './orders.metrics.js';
import { ExpiredInboxSweeper } from './payments/expired-inbox-sweeper.js';
import { PaymentsTransport } from './payments/payments.transport.js';
import { OrderRelay } from './placing/order-relay.js';
import { OrdersRepository } from './placing/orders.repository.js';
import { SagaRunner } from './saga/saga-runner.js';

/** Starts and stops the app. Its methods stand in the order in which Nest calls them. */
@Injectable()
export class OrdersLifecycle implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  private joining: Promise<void> | undefined;
  private drainedAtMs = 0;

  constructor(
    @InjectConfig() private readonly config: Pick<OrdersConfig, 'databaseUrl' | 'drainTimeoutMs'>,
    @InjectLogger() private readonly logger: Logger,
    private readonly lifetime: Lifetime,
    private readonly server: ServerCheck,
    private readonly http: HttpAdapterHost<FastifyAdapter>,
    private readonly idempotency: IdempotencyService,
    private readonly expiredRequests: ExpiredRequestsSweeper,
    private readonly orders: OrdersRepository,
    private readonly relay: OrderRelay,
    private readonly topics: TopicsKeeper,
    private readonly payments: PaymentsTransport,
    private readonly expiredInbox: ExpiredInboxSweeper,
    private readonly saga: SagaRunner,
  ) {}

  /** In the background: health says 503 until the tables are there. */
  onApplicationBootstrap(): void {
    this.lifetime.begin((signal) => this.start(signal));
  }

  async onModuleDestroy(): Promise<void> {
    this.drainedAtMs = performance.now() + this.config.drainTimeoutMs;
    await this.lifetime.stop();
  }

  /** Takes no more events, and ends the steps in progress. HTTP is still open, because the saga calls it. */
  async beforeApplicationShutdown(): Promise<void> {
    cutConnectionsAfter(this.http.httpAdapter.getHttpServer(), this.leftMs);
    await this.topics.stop();
    await this.joining;
    await Promise.all([this.payments.close(), this.saga.stop(), this.expiredRequests.stop(), this.expiredInbox.stop()]);
  }

  /** All requests are answered. Sends their events as far as the drain time allows; the others wait in Postgres. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.relay.stop(this.leftMs), this.idempotency.stop()]);
  }

  private async start(signal: AbortSignal): Promise<void> {
    const { config: { databaseUrl }, logger } = this;
    const migrateAll = async (): Promise<void> => {
      await this.server.run();
      await migrateAndLog(databaseUrl, logger);
      await migrateAndLog(databaseUrl, logger, ORDERS_MIGRATIONS);
    };
    await whenPostgresAnswers(migrateAll, logger, signal);
    orderOutboxDepth.observe(() => this.orders.countWaiting());
    this.idempotency.start();
    this.relay.start();
    this.saga.start();
    this.expiredRequests.start();
    this.expiredInbox.start();
    this.topics.start();
    this.joining = this.join(signal);
    this.lifetime.ready();
    logger.info('Ready');
  }

  /** Payments begin when their topic exists. Orders do not wait for Kafka. */
  private async join(signal: AbortSignal): Promise<void> {
    await this.topics.ready();
    if (!signal.aborted) this.payments.joinGroup();
  }

  private get leftMs(): number {
    return Math.max(this.drainedAtMs - performance.now(), 0);
  }
}
