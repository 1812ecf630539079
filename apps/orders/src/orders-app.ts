import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import type { OrdersConfig } from './orders-config.js';
import { LockstepError } from '#domain/problem';
import { PostgresIndicator, StateIndicator } from '#ground/health/indicators';
import { answering } from '#ground/postgres/answering-database';
import { closeHttpApp, createHttpApp } from '#ground/http/http-app';
import { serveOpenApi } from '#ground/http/openapi';
import { expiredRequestsSweeper } from '#idempotency/expired-requests-sweeper';
import { IdempotencyRepository } from '#idempotency/idempotency.repository';
import { IdempotencyService } from '#idempotency/idempotency.service';
import { IdempotentTransactions } from '#idempotency/idempotent-transactions';
import { createKafka } from '#ground/kafka/client';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { ensureTopicsLike } from '#ground/kafka/ensure-topics';
import { maxBatchBytes, maxMessageBytes } from '#ground/kafka/message-size';
import { Topics } from '#ground/kafka/topics';
import type { ExpiringRowsSweeper } from '#ground/postgres/expiring-rows-sweeper';
import { createPool, databaseOf, type PoolOptions } from '#ground/postgres/pool';
import { Relay } from '#flow/relay/relay';
import { createRelayProducer } from '#flow/relay/relay-sender';
import type { AppContext } from '#ground/process/run-created-app';
import { migrateAndLog } from '#ground/postgres/migrate';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import { observeOrderOutbox } from './orders.metrics.js';
import { OrdersModule } from './orders.module.js';
import { expiredInboxSweeper } from './payments/expired-inbox-sweeper.js';
import { ORDER_CREATED } from './payments/order-created.controller.js';
import { PaymentsInbox } from './payments/payments-inbox.js';
import { OrderOutbox, type OrderRow, outboxDepth } from './placing/order-outbox.js';
import { OrdersRepository } from './placing/orders.repository.js';
import { OrdersService } from './placing/orders.service.js';
import { OutsideClient } from './saga/outside-client.js';
import { SagaRunner } from './saga/saga-runner.js';
import { StepsRepository } from './saga/steps.repository.js';

/** Orders being placed at once, and the outside's part of them; a connection each for as long as its transaction takes. */
const TRANSACTIONS = 10;
/** An order that takes longer than this becomes a 503; what goes on behind it, begins anew. */
const TRANSACTION_TIMEOUT_MS = 5_000;
/** Kafka's default lower bound: how long a dead member's partitions wait for another. */
const SESSION_MS = 6_000;

/** Route templates that are nothing without tables. */
const NEEDS_STORE = /^\/(?:orders|outside)(?:\/|$)/;

/** The worked example: orders over HTTP, their events by an outbox, payments with an inbox, and a saga. */
export class OrdersApp {
  private readonly pools: pg.Pool[] = [];
  private readonly queries: pg.Pool;
  private readonly transactions: pg.Pool;
  private readonly idempotency: IdempotencyService;
  private readonly topics: TopicsKeeper;
  private readonly relay: Relay<OrderRow>;
  private readonly transport: ShardTransport;
  private readonly inbox: PaymentsInbox;
  private readonly saga: SagaRunner;
  private readonly sweepers: readonly ExpiringRowsSweeper[];
  private readonly stopping = new AbortController();
  /** Partitions of `order.created` that payments has here. Whoever reads one also relays to it: so each is relayed once. */
  private shards: readonly number[] = [];
  private app: NestFastifyApplication | undefined;
  private url = '';
  private prepared = false;
  private joining: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: AppContext<OrdersConfig>) {
    const { config, logger, onFatal } = options;
    const { kafka: settings } = config;
    this.queries = this.pool('queries', { max: 4 });
    this.transactions = this.pool('transactions', { max: TRANSACTIONS, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, plans: 'by-index' });
    const upkeep = this.pool('upkeep', { max: 2, plans: 'by-index' });

    const kafka = createKafka(settings, 'lockstep-orders', logger);
    const topic = new Topics(settings.topicPrefix).named(ORDER_CREATED);
    this.topics = new TopicsKeeper({ ensure: () => ensureTopicsLike(kafka, config, [{ topic, retentionMs: settings.retentionMs }]), logger, onRefused: onFatal });
    const outbox = new OrderOutbox(databaseOf(this.pool('relay', { max: 1, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, plans: 'queue' })), topic, settings.partitions);
    observeOrderOutbox(() => outboxDepth(databaseOf(this.queries)));
    this.relay = new Relay({ source: outbox, producer: createRelayProducer(kafka), shards: () => this.shards, maxBatchBytes: maxBatchBytes(config.maxBodyBytes), logger });
    this.transport = new ShardTransport({
      kafka,
      groupId: `${settings.topicPrefix}payments`,
      topicPrefix: settings.topicPrefix,
      topics: [ORDER_CREATED],
      quietTopics: [],
      shards: settings.partitions,
      sessionTimeoutMs: SESSION_MS,
      rebalanceTimeoutMs: SESSION_MS,
      maxRecordBytes: maxMessageBytes(config.maxBodyBytes),
      logger,
      onAssigned: (shards) => this.assigned(shards),
      // It goes on at the group's offsets, and the inbox knows what it had: nothing to do.
      onFetchingAgain: () => undefined,
      onFatal,
    });
    // Twice as long as Kafka keeps a record, which it deletes in lots, and so late.
    this.inbox = new PaymentsInbox(databaseOf(this.pool('inbox', { max: 2, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS, plans: 'by-index' })), 2 * settings.retentionMs);
    this.saga = new SagaRunner(new StepsRepository(databaseOf(this.pool('saga', { max: 4, transactionTimeoutMs: TRANSACTION_TIMEOUT_MS }))), new OutsideClient(() => this.url), logger);
    this.idempotency = new IdempotencyService(new IdempotencyRepository(databaseOf(this.transactions)), { heartbeatMs: config.idempotencyLeaseMs / 3, logger });
    this.sweepers = [expiredRequestsSweeper(upkeep, logger), expiredInboxSweeper(upkeep, logger)];
  }

  /**
   * Listens at once (health says 503 until the store is ready), then makes the schema ready, waiting for Postgres if need
   * be, and joins the group of payments in the background. Resolves with the URL when orders are accepted: Kafka is not
   * needed for that.
   * @throws SchemaTooNewError; an Error when the port is taken
   */
  async start(host: string, port: number): Promise<string> {
    const { config, logger } = this.options;
    this.app = await this.createApp();
    await this.app.listen(port, host);
    this.url = await this.app.getUrl();
    logger.info({ url: this.url }, 'Listening');
    await whenPostgresAnswers(() => migrateAndLog(config.databaseUrl, logger), logger, this.stopping.signal);
    this.idempotency.start();
    this.topics.start();
    this.relay.start();
    this.saga.start();
    for (const sweeper of this.sweepers) sweeper.start();
    this.prepared = true;
    logger.info({ url: this.url }, 'Ready');
    this.joining = this.join(this.app);
    return this.url;
  }

  /** Payments begin when their topic is there, however long Kafka is away. */
  private async join(app: NestFastifyApplication): Promise<void> {
    await this.topics.ready();
    if (!this.stopping.signal.aborted) await app.startAllMicroservices().catch(this.options.onFatal);
  }

  /**
   * Takes no more events and steps, ends those under way, answers the requests in flight, and relays their events as far
   * as the drain time allows. What is left waits in Postgres.
   */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    const deadlineMs = performance.now() + this.options.config.drainTimeoutMs;
    const leftMs = (): number => Math.max(deadlineMs - performance.now(), 0);
    this.stopping.abort();
    await this.topics.stop();
    await this.joining;
    // While HTTP is there: the saga's calls end in it.
    await Promise.all([this.transport.close(), this.saga.stop(), ...this.sweepers.map((sweeper) => sweeper.stop())]);
    if (this.app !== undefined) await closeHttpApp(this.app, leftMs());
    await Promise.all([this.relay.stop(leftMs()), this.idempotency.stop()]);
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  private assigned(shards: readonly number[]): void {
    this.shards = shards;
    for (const shard of shards) this.transport.open(shard);
  }

  private pool(name: string, limits: Omit<PoolOptions, 'databaseUrl' | 'applicationName'>): pg.Pool {
    const pool = createPool({ databaseUrl: this.options.config.databaseUrl, applicationName: `lockstep-orders-${name}`, ...limits });
    this.pools.push(pool);
    return pool;
  }

  private async createApp(): Promise<NestFastifyApplication> {
    const { config, logger } = this.options;
    const database = answering(databaseOf(this.queries));
    const started = new StateIndicator('startup', () => (this.prepared ? undefined : 'waiting for Postgres'));
    const module = OrdersModule.of({
      orders: new OrdersService(new OrdersRepository(database)),
      inbox: this.inbox,
      logger,
      saga: this.saga,
      idempotency: {
        service: this.idempotency,
        transactions: new IdempotentTransactions(this.transactions),
        // The lease is for handlers without a transaction, which there are none of here: with one, a row's lock is the claim.
        defaults: { leaseMs: config.idempotencyLeaseMs, retentionMs: config.idempotencyRetentionMs },
      },
      health: {
        startup: started,
        needs: [new PostgresIndicator(database)],
        degradedBy: [
          // Orders are taken without Kafka: their events wait in the outbox.
          new StateIndicator('kafka', () => this.topics.problem),
          new StateIndicator('relay', () => this.relay.problem),
          new StateIndicator('payments', () => (this.transport.isMember ? undefined : 'not a member of the group')),
        ],
      },
    });
    const app = await createHttpApp(module, { logger, maxBodyBytes: config.maxBodyBytes });
    app.getHttpAdapter().getInstance().addHook('onRequest', (request, _reply, done) => {
      const needsStore = !this.prepared && NEEDS_STORE.test(request.routeOptions.url ?? '');
      done(needsStore ? new LockstepError('store_unavailable', 'The orders app is starting', { retryAfterSeconds: 1 }) : undefined);
    });
    app.connectMicroservice({ strategy: this.transport });
    serveOpenApi(app, { title: 'Orders', description: "Lockstep's worked example: idempotent orders, an outbox, an inbox and a saga.", authenticated: false });
    return app;
  }
}
