import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { UnadmittedSweeper } from '#flow/admission/unadmitted-sweeper';
import { EndpointBreakers } from '#flow/breakers/endpoint-breakers';
import { CatchUpRunner } from '#flow/catch-up/catch-up-runner';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { LaneSweeper } from '#flow/lanes/lane-sweeper';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import { EndpointDiscarder } from '#flow/operations/endpoint-discarder';
import { LaneMarks } from '#flow/operations/lane-marks';
import { ReplayApplier } from '#flow/operations/replay-applier';
import { OutcomeService } from '#flow/outcome/outcome.service';
import { EndpointLimits } from '#flow/rate-limits/endpoint-limits';
import { DispatchRelay } from '#flow/relay/dispatch-relay';
import { GroupWatch } from '#flow/shards/group-watch';
import { ShardSupervisor } from '#flow/shards/shard-supervisor';
import { StoreWatch } from '#flow/shards/store-watch';
import type { Config } from '#ground/config/config';
import { cutConnectionsAfter } from '#ground/http/http-app';
import { LogEndsReader } from '#ground/kafka/log-ends';
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
import { PartitionKeeper } from '#upkeep/partitions';
import { DispatcherTransport } from './dispatcher.transport.js';

/** The order in which a dispatcher starts and stops. Its hooks stand in the order in which Nest calls them. */
@Injectable()
export class DispatcherLifecycle implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private topicsStopped: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    @InjectConfig() private readonly config: Config,
    @InjectLogger() private readonly logger: Logger,
    @InjectDatabase('housekeeping') private readonly database: Database,
    private readonly lifetime: Lifetime,
    private readonly server: ServerCheck,
    private readonly partitions: PartitionKeeper,
    private readonly topics: TopicsKeeper,
    private readonly transport: DispatcherTransport,
    private readonly client: AttemptClient,
    private readonly directory: EndpointDirectory,
    private readonly breakers: EndpointBreakers,
    private readonly leases: LeaseKeeper,
    private readonly relay: DispatchRelay,
    private readonly lanes: LaneSweeper,
    private readonly outcomes: OutcomeService,
    private readonly limits: EndpointLimits,
    private readonly samples: SamplesWriter,
    private readonly discarder: EndpointDiscarder,
    private readonly marks: LaneMarks,
    private readonly replays: ReplayApplier,
    private readonly catchUps: CatchUpRunner,
    private readonly unadmitted: UnadmittedSweeper,
    private readonly logEnds: LogEndsReader,
    private readonly supervisor: ShardSupervisor,
    private readonly group: GroupWatch,
    private readonly store: StoreWatch,
  ) {}

  onApplicationBootstrap(): void {
    this.lifetime.begin((signal) => this.start(signal));
  }

  /** @throws StartError postgres_unsuitable, schema_too_new, shards_changed */
  private async start(signal: AbortSignal): Promise<void> {
    const { config, logger, database } = this;
    await whenPostgresAnswers(async () => {
      await this.server.run();
      await migrateAndLog(config.databaseUrl, logger);
      await ensureInstallation(database, config.kafka.partitions);
      await this.partitions.start();
    }, logger, signal);
    signal.throwIfAborted();
    this.topics.start();
    this.client.start();
    await this.directory.start();
    await this.breakers.start();
    signal.throwIfAborted();
    this.leases.start();
    this.relay.start();
    this.limits.start();
    this.lanes.start();
    this.samples.start();
    this.discarder.start();
    this.marks.start();
    this.replays.start();
    this.catchUps.start();
    this.unadmitted.start();
    this.group.start();
    this.lifetime.ready();
    logger.info('Ready');
    await this.topics.ready();
    signal.throwIfAborted();
    this.transport.joinGroup();
    this.store.start();
  }

  /** Health says that the process is stopping. No watch changes the assignment from now on. */
  async onModuleDestroy(): Promise<void> {
    const startEnded = this.lifetime.stop();
    this.group.stop();
    this.store.stop();
    // A start that waits for the topics ends with this.
    this.topicsStopped = this.topics.stop();
    await startEnded;
  }

  /**
   * Hands the shards over: attempts end, outcomes are committed, leases released. What has not ended within the drain time
   * is done again by the next owner. HTTP is still open.
   */
  async beforeApplicationShutdown(): Promise<void> {
    cutConnectionsAfter(this.host.httpAdapter.getHttpServer(), this.config.drainTimeoutMs);
    // Side by side: the group assigns the shards to others while their last attempts end here.
    await Promise.all([this.supervisor.end(), this.transport.close()]);
    this.outcomes.stop();
    this.lanes.stop();
    this.discarder.stop();
    await Promise.all([
      this.marks.stop(), this.replays.stop(), this.catchUps.stop(), this.unadmitted.stop(), this.logEnds.close(), this.leases.stop(), this.directory.stop(),
      this.breakers.stop(), this.topicsStopped, this.relay.stop(), this.partitions.stop(), this.limits.stop(),
    ]);
    // What the others have counted.
    await this.samples.stop();
    this.client.stop();
  }
}
