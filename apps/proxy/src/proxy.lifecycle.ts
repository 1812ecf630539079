import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { cutConnectionsAfter } from '#ground/http/http-app';
import { migrateAndLog } from '#ground/postgres/migrate';
import { ServerCheck } from '#ground/postgres/server-check';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { Lifetime } from '#ground/process/lifetime';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ExpiredRequestsSweeper } from '#idempotency/expired-requests-sweeper';
import { IdempotencyService } from '#idempotency/idempotency.service';
import { ForwardingService } from './forwarding.service.js';
import type { ProxyConfig } from './proxy-config.js';
import { Upstream } from './upstream.js';

/** After the drain: time to store that the requests which were cut off are indeterminate. */
const GOODBYE_MS = 1_500;

/** Starts and stops the proxy. Its methods stand in the order in which Nest calls them. */
@Injectable()
export class ProxyLifecycle implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  private drainTimer: NodeJS.Timeout | undefined;
  private sweeperStopped: Promise<void> | undefined;

  constructor(
    @InjectConfig() private readonly config: Pick<ProxyConfig, 'databaseUrl' | 'drainTimeoutMs'>,
    @InjectLogger() private readonly logger: Logger,
    private readonly lifetime: Lifetime,
    private readonly server: ServerCheck,
    private readonly http: HttpAdapterHost<FastifyAdapter>,
    private readonly idempotency: IdempotencyService,
    private readonly sweeper: ExpiredRequestsSweeper,
    private readonly forwarding: ForwardingService,
    private readonly upstream: Upstream,
  ) {}

  /** In the background: requests without a key pass at once, those with one get 503 until the store is ready. */
  onApplicationBootstrap(): void {
    this.lifetime.begin((signal) => this.start(signal));
  }

  async onModuleDestroy(): Promise<void> {
    await this.lifetime.stop();
    // Not awaited here: with Postgres away it can take as long as the drain.
    this.sweeperStopped = this.sweeper.stop();
  }

  /**
   * Requests in flight end within the drain time. Then the exchanges with the backend are cut: whether the backend
   * carried them out is unknown, which is stored and answered before their connections are cut too.
   */
  beforeApplicationShutdown(): void {
    this.drainTimer = setTimeout(() => this.upstream.close(), this.config.drainTimeoutMs);
    cutConnectionsAfter(this.http.httpAdapter.getHttpServer(), this.config.drainTimeoutMs + GOODBYE_MS);
  }

  /** HTTP is closed. Requests whose client has left may still be under way; their answers are stored too. */
  async onApplicationShutdown(): Promise<void> {
    await this.forwarding.idle();
    clearTimeout(this.drainTimer);
    await this.idempotency.stop();
    this.upstream.close();
    await this.sweeperStopped;
  }

  private async start(signal: AbortSignal): Promise<void> {
    const { config: { databaseUrl }, logger } = this;
    await whenPostgresAnswers(async () => {
      await this.server.run();
      await migrateAndLog(databaseUrl, logger);
    }, logger, signal);
    this.idempotency.start();
    this.sweeper.start();
    this.lifetime.ready();
    logger.info('Ready');
  }
}
