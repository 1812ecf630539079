import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { AddressPolicy } from '#ground/network/address-policy';
import { EndpointsRepository } from '#manage/endpoints/endpoints.repository';
import { EndpointsService } from '#manage/endpoints/endpoints.service';
import { ReplaysRepository } from '#manage/dead-letters/replays.repository';
import { ReplaysService } from '#manage/dead-letters/replays.service';
import { DeliveriesRepository } from '#manage/events/deliveries.repository';
import { DeliveriesService } from '#manage/events/deliveries.service';
import { EventsRepository } from '#manage/events/events.repository';
import { EventsService } from '#manage/events/events.service';
import { PostgresIndicator, StateIndicator } from '#ground/health/indicators';
import { answering } from '#ground/postgres/answering-database';
import { Authenticator } from '#manage/access/authenticator';
import { TenantsRepository } from '#manage/access/tenants.repository';
import { closeHttpApp, createHttpApp } from '#ground/http/http-app';
import { LoadShedding } from '#ground/http/load-shedding';
import { serveOpenApi } from '#ground/http/openapi';
import { isEventPost } from '#flow/ingest/ingest.controller';
import { IngestRepository } from '#flow/ingest/ingest.repository';
import { IngestService } from '#flow/ingest/ingest.service';
import { QueueLimit } from '#flow/ingest/queue-limit';
import { LanesViewRepository } from '#manage/lanes/lanes-view.repository';
import { LanesService } from '#manage/lanes/lanes.service';
import { createKafka } from '#ground/kafka/client';
import { ensureTopics } from '#ground/kafka/ensure-topics';
import { Topics } from '#ground/kafka/topics';
import { LedgerRepository } from '#manage/ledger/ledger.repository';
import { LedgerService } from '#manage/ledger/ledger.service';
import type { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { PartitionKeeper } from '#upkeep/partitions';
import { observePartitions } from '#upkeep/partitions.metrics';
import { createPool, type Database, databaseOf, type PoolOptions } from '#ground/postgres/pool';
import { EventRelay } from '#flow/relay/event-relay';
import { readOutboxState } from '#flow/relay/outbox-state';
import { outboxGauges } from '#flow/relay/relay.metrics';
import { expiredKeysSweeper } from '#upkeep/expired-keys-sweeper';
import { RetentionSweeper } from '#upkeep/retention-sweeper';
import { SecretBox } from '#ground/secrets/secret-box';
import type { Logger } from '#ground/telemetry/logger';
import { establishAdminKey } from '#manage/access/admin-key';
import { GatewayModule } from './gateway.module.js';
import { ensureInstallation } from '#ground/postgres/installation';
import { migrateAndLog } from '#ground/postgres/migrate';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';

/** Long enough for any batch on a slow disk; a commit that hangs longer becomes a 503. */
const INGEST_TIMEOUT_MS = 5_000;
/** Ten million events took 73 s on two busy cores when something did not agree, a third of that when all did. */
const LEDGER_TIMEOUT_MS = 300_000;
/** Adding up a day of a hundred million deliveries takes minutes; nothing waits for it. */
const RETENTION_TIMEOUT_MS = 1_800_000;

export interface GatewayOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** Gets the line with the admin key when one is made. */
  readonly print: (line: string) => void;
  /** The process can't go on. */
  readonly onFatal: (error: Error) => void;
}

/** A gateway: HTTP edge, ingest and relay in one process. */
export class Gateway {
  private readonly pools: readonly pg.Pool[];
  private readonly database: Database;
  private readonly partitions: PartitionKeeper;
  private readonly keySweeper: ExpiringRowsSweeper;
  private readonly retention: RetentionSweeper;
  private readonly authenticator: Authenticator;
  private readonly ingest: IngestService;
  private readonly ledger: LedgerService;
  private readonly topics: TopicsKeeper;
  private readonly relay: EventRelay;
  private readonly stopping = new AbortController();
  private app: NestFastifyApplication | undefined;
  private prepared = false;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: GatewayOptions) {
    const { config, logger, onFatal } = options;
    const pool = (name: string, limits: Omit<PoolOptions, 'databaseUrl' | 'applicationName'>): pg.Pool =>
      createPool({ databaseUrl: config.databaseUrl, applicationName: `lockstep-gateway-${name}`, ...limits });
    const queries = pool('api', { max: 6 });
    // Ingest and relay have connections of their own: a slow list query never delays them.
    const ingest = pool('ingest', { max: 1, transactionTimeoutMs: INGEST_TIMEOUT_MS });
    const relay = pool('relay', { max: 2, plans: 'queue' });
    // Of its own: it reads all tables, and would keep others from answering; and two: those who accept go on meanwhile.
    const ledger = pool('ledger', { max: 2, transactionTimeoutMs: LEDGER_TIMEOUT_MS });
    // The gateways sweep, one at a time: there is always one, while dispatchers may be stopped, and have statements that
    // must end within a lease's time. Connections that are idle for ten seconds are closed, so these mostly don't exist.
    const keys = pool('keys', { max: 1, plans: 'by-index' });
    const retention = pool('retention', { max: 1, transactionTimeoutMs: RETENTION_TIMEOUT_MS });
    this.pools = [queries, ingest, relay, ledger, keys, retention];
    this.database = answering(databaseOf(queries));
    this.partitions = new PartitionKeeper(this.database, logger);
    this.keySweeper = expiredKeysSweeper(keys, logger);
    this.retention = new RetentionSweeper(retention, config.retentionMs, logger);
    this.authenticator = new Authenticator(new TenantsRepository(this.database));
    const kafka = createKafka(config.kafka, 'lockstep-gateway', logger);
    this.topics = new TopicsKeeper({ ensure: () => ensureTopics(kafka, config), logger, onRefused: onFatal });
    this.relay = new EventRelay(databaseOf(relay), kafka, new Topics(config.kafka.topicPrefix), config, logger);
    this.ingest = new IngestService(new IngestRepository(databaseOf(ingest), config), new QueueLimit(), this.relay, config);
    this.ledger = new LedgerService(new LedgerRepository(ledger));
    outboxGauges.observe(() => readOutboxState(this.database));
    observePartitions(() => this.partitions.aheadSeconds);
  }

  /**
   * Listens at once (health says 503 until the store is ready), then makes the store ready, waiting for Postgres if
   * need be, and starts to relay. Resolves with the URL when requests are accepted.
   * @throws SchemaTooNewError, ShardsChangedError; an Error when the port is taken
   */
  async start(host: string, port: number): Promise<string> {
    const { config, logger, print } = this.options;
    this.app = await this.createApp();
    await this.app.listen(port, host);
    const url = await this.app.getUrl();
    logger.info({ url }, 'Listening');
    await whenPostgresAnswers(async () => {
      await migrateAndLog(config.databaseUrl, logger);
      await ensureInstallation(this.database, config.kafka.partitions);
      await this.partitions.start();
    }, logger, this.stopping.signal);
    this.authenticator.open(await establishAdminKey(this.database, config.adminKey, print));
    this.topics.start();
    await this.relay.start();
    this.keySweeper.start();
    this.retention.start();
    this.prepared = true;
    logger.info({ url }, 'Ready');
    return url;
  }

  /**
   * Stops in the order in which work flows: no new connections, requests in flight answered, their events relayed as
   * far as the drain time allows. What is left waits in Postgres for another gateway.
   */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    const deadlineMs = performance.now() + this.options.config.drainTimeoutMs;
    const leftMs = (): number => Math.max(deadlineMs - performance.now(), 0);
    this.stopping.abort();
    this.ledger.stop();
    await Promise.all([this.partitions.stop(), this.keySweeper.stop(), this.retention.stop(), this.closeHttp(leftMs())]);
    await this.relay.stop(leftMs());
    await this.topics.stop();
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  /** What was accepted on connections that are cut is committed all the same. */
  private async closeHttp(drainMs: number): Promise<void> {
    if (this.app === undefined) return;
    await closeHttpApp(this.app, drainMs);
    await this.ingest.idle();
  }

  private async createApp(): Promise<NestFastifyApplication> {
    const { config, logger } = this.options;
    const started = new StateIndicator('startup', () => (this.prepared ? undefined : 'waiting for Postgres'));
    const deliveries = new DeliveriesService(new DeliveriesRepository(this.database));
    const module = GatewayModule.of({
      ingest: this.ingest,
      endpoints: new EndpointsService(new EndpointsRepository(this.database), new SecretBox(config.secretKey), new AddressPolicy(config)),
      events: new EventsService(new EventsRepository(this.database), deliveries),
      deliveries,
      replays: new ReplaysService(new ReplaysRepository(this.database)),
      lanes: new LanesService(new LanesViewRepository(this.database)),
      ledger: this.ledger,
      health: {
        startup: started,
        needs: [
          new PostgresIndicator(this.database),
          // Not while it only sheds load: whoever takes it out of a balancer sends that load to the others.
          new StateIndicator('queue', () => (this.ingest.isStalled ? 'full' : undefined)),
        ],
        degradedBy: [
          new StateIndicator('kafka', () => this.topics.problem),
          new StateIndicator('relay', () => this.relay.problem),
          new StateIndicator('partitions', () => this.partitions.problem),
        ],
      },
    });
    const app = await createHttpApp(module, { logger, maxBodyBytes: config.maxBodyBytes });
    app.get(LoadShedding).shedWhen((request) => isEventPost(request) && this.ingest.shedIfFull());
    this.authenticator.guard(app.getHttpAdapter().getInstance());
    serveOpenApi(app, { title: 'Lockstep', description: 'Accepts events and delivers them to HTTP endpoints, in order, with exactly-once effects.' });
    return app;
  }
}
