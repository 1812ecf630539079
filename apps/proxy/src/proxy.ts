import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import type { ProxyConfig } from './proxy-config.js';
import { PostgresIndicator, StateIndicator } from '#ground/health/indicators';
import { closeHttpApp, createHttpApp } from '#ground/http/http-app';
import { expiredRequestsSweeper } from '#idempotency/expired-requests-sweeper';
import { IdempotencyRepository } from '#idempotency/idempotency.repository';
import { IdempotencyService } from '#idempotency/idempotency.service';
import { WebhookPositions } from '#idempotency/webhook-positions';
import type { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { migrateAndLog } from '#ground/postgres/migrate';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import type { Logger } from '#ground/telemetry/logger';
import { ForwardingService } from './forwarding.service.js';
import { ProxyModule } from './proxy.module.js';
import { heartbeatMs, longestSilenceMs, RouteTable } from './route-table.js';
import { Upstream } from './upstream.js';

/** Long enough for any batch on a slow disk; a claim that hangs longer becomes a 503. */
const STORE_TIMEOUT_MS = 3_000;
/** Claims, ends and the heartbeat go at once, each batch by batch; the others read large responses. */
const STORE_CONNECTIONS = 6;
/** After the drain: to store that what was cut off is indeterminate. */
const GOODBYE_MS = 1_500;

export interface ProxyOptions {
  readonly config: ProxyConfig;
  readonly logger: Logger;
}

/** An idempotency proxy: forwards each request with a key once, and answers its repeats from the store. */
export class IdempotencyProxy {
  private readonly pools: readonly pg.Pool[];
  private readonly upstream: Upstream;
  private readonly idempotency: IdempotencyService;
  private readonly sweeper: ExpiringRowsSweeper;
  private readonly forwarding: ForwardingService;
  private readonly stopping = new AbortController();
  private readonly ready: PostgresIndicator;
  private app: NestFastifyApplication | undefined;
  private prepared = false;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: ProxyOptions) {
    const { config, logger } = options;
    const { databaseUrl, routes } = config;
    const store = createPool({ databaseUrl, applicationName: 'lockstep-proxy-store', max: STORE_CONNECTIONS, transactionTimeoutMs: STORE_TIMEOUT_MS, plans: 'by-index' });
    const upkeep = createPool({ databaseUrl, applicationName: 'lockstep-proxy-upkeep', max: 2, plans: 'by-index' });
    this.pools = [store, upkeep];
    this.ready = new PostgresIndicator(databaseOf(upkeep));
    this.upstream = new Upstream(config.upstreamUrl);
    this.idempotency = new IdempotencyService(new IdempotencyRepository(databaseOf(store)), { heartbeatMs: heartbeatMs(routes), logger });
    this.sweeper = expiredRequestsSweeper(upkeep, logger);
    this.forwarding = new ForwardingService({
      routes: new RouteTable(routes),
      upstream: this.upstream,
      idempotency: this.idempotency,
      positions: new WebhookPositions(databaseOf(store)),
      maxBodyBytes: config.maxBodyBytes,
      storeReady: () => this.prepared,
    });
  }

  /**
   * Listens at once: requests without a key pass, those with one get 503 until the store is ready. Resolves with the URL
   * when it is.
   * @throws SchemaTooNewError; an Error when the port is taken
   */
  async start(host: string, port: number): Promise<string> {
    const { config, logger } = this.options;
    this.app = await this.createApp();
    await this.app.listen(port, host);
    const url = await this.app.getUrl();
    logger.info({ url, upstream: config.upstreamUrl }, 'Listening');
    await whenPostgresAnswers(() => migrateAndLog(config.databaseUrl, logger), logger, this.stopping.signal);
    this.idempotency.start();
    this.sweeper.start();
    this.prepared = true;
    logger.info({ url }, 'Ready');
    return url;
  }

  /**
   * No new connections; what is under way ends within the drain time, or is cut off: then whether the backend did it is
   * not known, which is stored.
   */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.sweeper.stop(), this.closeHttp()]);
    await this.idempotency.stop();
    await this.upstream.close();
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  private async closeHttp(): Promise<void> {
    const { app } = this;
    if (app === undefined) return;
    const { drainTimeoutMs } = this.options.config;
    const timer = setTimeout(() => void this.upstream.close(), drainTimeoutMs);
    await closeHttpApp(app, drainTimeoutMs + GOODBYE_MS);
    // What clients that have left had asked for is stored all the same.
    await this.forwarding.idle();
    clearTimeout(timer);
  }

  private createApp(): Promise<NestFastifyApplication> {
    const { config, logger } = this.options;
    const started = new StateIndicator('startup', () => (this.prepared ? undefined : 'waiting for Postgres'));
    const module = ProxyModule.of(this.forwarding, { startup: started, needs: [this.ready], degradedBy: [] });
    return createHttpApp(module, { logger, maxBodyBytes: config.maxBodyBytes, bodies: 'streams', longestSilenceMs: longestSilenceMs(config.routes) });
  }
}
