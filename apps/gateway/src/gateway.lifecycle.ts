import type { Server } from 'node:http';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { isBatchPost } from '#flow/ingest/batch.controller';
import { BatchFeeder } from '#flow/ingest/batch-feeder';
import { isEventPost } from '#flow/ingest/ingest.controller';
import { IngestService } from '#flow/ingest/ingest.service';
import { SettlementWatch } from '#flow/ingest/settlement-watch';
import { OperationalEventsPoster } from '#flow/operational-events/operational-events-poster';
import { IngestLimits } from '#flow/rate-limits/ingest-limits';
import { EventRelay } from '#flow/relay/event-relay';
import { KafkaSources } from '#flow/sources/kafka/kafka-sources';
import { SourceDirectory } from '#flow/sources/source-directory';
import { WebhookRoutes } from '#flow/sources/webhooks/webhook-routes';
import type { Config } from '#ground/config/config';
import { cutConnectionsAfter } from '#ground/http/http-app';
import { LoadShedding } from '#ground/http/load-shedding';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import { ensureInstallation } from '#ground/postgres/installation';
import { migrateAndLog } from '#ground/postgres/migrate';
import type { Database } from '#ground/postgres/pool';
import { ServerCheck } from '#ground/postgres/server-check';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { Lifetime } from '#ground/process/lifetime';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import { SamplesWriter } from '#ground/samples/samples-writer';
import type { Logger } from '#ground/telemetry/logger';
import { AccessDirectory } from '#manage/access/access-directory';
import { establishAdminKey } from '#manage/access/admin-key';
import { Authenticator } from '#manage/access/authenticator';
import { KeyUses } from '#manage/access/key-uses';
import { LedgerService } from '#manage/ledger/ledger.service';
import { RejectionsWriter } from '#manage/rejections/rejections-writer';
import { DestinationDirectory } from '#manage/sources/destination-directory';
import { EnvironmentSources } from '#manage/sources/environment-sources';
import { EventsLag } from '#manage/system/events-lag';
import { recordAuditRetention } from '#upkeep/audit-retention';
import { ExpiredRowsSweeper } from '#upkeep/expired-rows-sweeper';
import { PartitionKeeper } from '#upkeep/partitions';
import { RetentionSweeper } from '#upkeep/retention-sweeper';

/** Starts and stops a gateway. Its methods stand in the order in which Nest calls them. */
@Injectable()
export class GatewayLifecycle implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  private drainDeadlineMs = 0;
  private upkeepStopped: Promise<unknown> = Promise.resolve();
  private sourcesStopped: Promise<unknown> = Promise.resolve();

  constructor(
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly logger: Logger,
    @InjectDatabase('housekeeping') private readonly database: Database,
    private readonly lifetime: Lifetime,
    private readonly server: ServerCheck,
    private readonly host: HttpAdapterHost<AbstractHttpAdapter<Server>>,
    private readonly shedding: LoadShedding,
    private readonly access: AccessDirectory,
    private readonly keyUses: KeyUses,
    private readonly authenticator: Authenticator,
    private readonly topics: TopicsKeeper,
    private readonly ingest: IngestService,
    private readonly eventTypes: EventTypeDirectory,
    private readonly destinations: DestinationDirectory,
    private readonly sources: SourceDirectory,
    private readonly environmentSources: EnvironmentSources,
    private readonly settlements: SettlementWatch,
    private readonly webhooks: WebhookRoutes,
    private readonly batches: BatchFeeder,
    private readonly limits: IngestLimits,
    private readonly relay: EventRelay,
    private readonly kafkaSources: KafkaSources,
    private readonly tests: AttemptClient,
    private readonly operationalEvents: OperationalEventsPoster,
    private readonly ledger: LedgerService,
    private readonly partitions: PartitionKeeper,
    private readonly expiredRows: ExpiredRowsSweeper,
    private readonly retention: RetentionSweeper,
    private readonly rejections: RejectionsWriter,
    private readonly samples: SamplesWriter,
    private readonly eventsLag: EventsLag,
  ) {}

  onApplicationBootstrap(): void {
    this.shedding.shedWhen((request) => (isEventPost(request) || this.webhooks.isPost(request) ? this.ingest.shedIfFull() : isBatchPost(request) && this.batches.isFull));
    this.lifetime.begin((signal) => this.start(signal));
  }

  /** @throws StartError postgres_unsuitable, schema_too_new, shards_changed */
  private async start(signal: AbortSignal): Promise<void> {
    const { config, logger, database } = this;
    await whenPostgresAnswers(async () => {
      await this.server.run();
      await migrateAndLog(config.databaseUrl, logger);
      await ensureInstallation(database, config.kafka.partitions);
      await recordAuditRetention(database, config.auditRetentionMs);
      await this.partitions.start();
      await this.environmentSources.establish();
    }, logger, signal);
    this.access.start();
    this.eventTypes.start();
    this.sources.start();
    this.authenticator.open(await establishAdminKey(database, config.adminKey, (line) => void process.stdout.write(`${line}\n`)));
    signal.throwIfAborted();
    this.limits.start();
    this.topics.start();
    await this.relay.start();
    signal.throwIfAborted();
    this.kafkaSources.start();
    this.operationalEvents.start();
    this.keyUses.start();
    this.tests.start();
    this.expiredRows.start();
    this.retention.start();
    this.rejections.start();
    this.samples.start();
    this.lifetime.ready();
    logger.info('Ready');
  }

  /** HTTP is still open, and health reports that the process stops. */
  async onModuleDestroy(): Promise<void> {
    this.drainDeadlineMs = performance.now() + this.config.drainTimeoutMs;
    this.settlements.stop();
    await this.lifetime.stop();
    this.ledger.stop();
    this.sourcesStopped = this.kafkaSources.stop();
    this.upkeepStopped = Promise.all([this.operationalEvents.stop(), this.partitions.stop(), this.expiredRows.stop(), this.retention.stop(), this.topics.stop()]);
  }

  /** Nest closes HTTP next, and waits for the requests in flight. */
  beforeApplicationShutdown(): void {
    cutConnectionsAfter(this.host.httpAdapter.getHttpServer(), this.drainMs());
  }

  /** Relays the accepted events within the drain time. The others wait in Postgres for another gateway. */
  async onApplicationShutdown(): Promise<void> {
    this.tests.stop();
    await Promise.all([this.ingest.idle(), this.sourcesStopped]);
    await Promise.all([this.relay.stop(this.drainMs()), this.limits.stop(), this.access.stop(), this.eventTypes.stop(), this.sources.stop(), this.destinations.stop(), this.keyUses.stop()]);
    // Its last counts have those of all that was read and posted.
    await Promise.all([this.upkeepStopped, this.rejections.stop(), this.samples.stop(), this.eventsLag.close()]);
  }

  private drainMs(): number {
    return Math.max(this.drainDeadlineMs - performance.now(), 0);
  }
}
