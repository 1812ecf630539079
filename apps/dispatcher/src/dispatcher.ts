import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { AdmissionService } from '#flow/admission/admission.service';
import { UnadmittedRepository } from '#flow/admission/unadmitted.repository';
import type { Config } from '#ground/config/config';
import { OpenReplaysRepository } from '#flow/operations/open-replays.repository';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { EndpointDiscarder } from '#flow/operations/endpoint-discarder';
import { observePendingAge } from '#flow/lanes/lanes.metrics';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneIntake } from '#flow/lanes/lane-intake';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneMarks } from '#flow/operations/lane-marks';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { LaneSweeper } from '#flow/lanes/lane-sweeper';
import { LogReader } from '#flow/admission/log-reader';
import { LogRepairer } from '#flow/admission/log-repairer';
import { PendingAgeProbe } from '#flow/lanes/pending-age-probe';
import { ReplayApplier } from '#flow/operations/replay-applier';
import { RetryReader } from '#flow/retries/retry-reader';
import { OpenLogs } from '#flow/admission/open-logs';
import { StoredEventAdmitter } from '#flow/admission/stored-event-admitter';
import { OpenShards } from '#flow/lanes/open-shards';
import { TokenRedeemer } from '#flow/lanes/token-redeemer';
import { ShardSupervisor } from '#flow/shards/shard-supervisor';
import { UnadmittedSweeper } from '#flow/admission/unadmitted-sweeper';
import { WindowBudget } from '#domain/lane';
import { AddressPolicy } from '#ground/network/address-policy';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { PostgresIndicator, StateIndicator } from '#ground/health/indicators';
import { answering } from '#ground/postgres/answering-database';
import { createHttpApp } from '#ground/http/http-app';
import { createKafka } from '#ground/kafka/client';
import { LogEndsReader } from '#ground/kafka/log-ends';
import { ShardTransport } from '#ground/kafka/shard-transport';
import { ensureTopics } from '#ground/kafka/ensure-topics';
import { maxBatchBytes, maxMessageBytes } from '#ground/kafka/message-size';
import { retryTopicName, tiersOf, Topics } from '#ground/kafka/topics';
import { LaneMarksRepository } from '#flow/operations/lane-marks.repository';
import { LanesRepository } from '#flow/lanes/lanes.repository';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { OutcomeRepository } from '#flow/outcome/outcome.repository';
import { OutcomeService } from '#flow/outcome/outcome.service';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import { LeasesRepository } from '#flow/leases/leases.repository';
import { PartitionKeeper } from '#upkeep/partitions';
import { observePartitions } from '#upkeep/partitions.metrics';
import { createPool, databaseOf, type Database, type PoolOptions } from '#ground/postgres/pool';
import { DispatchOutbox } from '#flow/relay/dispatch-outbox';
import { readDispatchOutboxState } from '#flow/relay/outbox-state';
import { Relay } from '#flow/relay/relay';
import { dispatchOutboxGauges } from '#flow/relay/relay.metrics';
import { createRelayProducer } from '#flow/relay/relay-sender';
import { SecretBox } from '#ground/secrets/secret-box';
import { ensureInstallation } from '#ground/postgres/installation';
import { migrateAndLog } from '#ground/postgres/migrate';
import { whenPostgresAnswers } from '#ground/postgres/when-postgres-answers';
import { TopicsKeeper } from '#ground/kafka/topics-keeper';
import type { Logger } from '#ground/telemetry/logger';
import { DispatcherModule } from './dispatcher.module.js';
import { GroupWatch } from '#flow/shards/group-watch';
import { StoreWatch } from '#flow/shards/store-watch';

/** What all windows together may hold: with Node's own needs it keeps the process under 300 MB. */
const WINDOW_BYTES = 36 * 1_048_576;
/** A lane's record without its window takes about 400 bytes. */
const MAX_LANES = 150_000;
/** Kafka's default lower bound of a group's session timeout. */
const SHORTEST_SESSION_MS = 6_000;

export interface DispatcherOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** The process can't go on. */
  readonly onFatal: (error: Error) => void;
}

/** A dispatcher: admission, lanes and delivery of the shards it owns, in one process. */
export class Dispatcher {
  private readonly pools: pg.Pool[] = [];
  private readonly stopping = new AbortController();
  private readonly health: Database;
  private readonly partitions: PartitionKeeper;
  private readonly topics: TopicsKeeper;
  private readonly transport: ShardTransport;
  private readonly client: AttemptClient;
  private readonly outcomes: OutcomeService;
  private readonly directory: EndpointDirectory;
  private readonly keeper: LeaseKeeper;
  private readonly supervisor: ShardSupervisor;
  private readonly sweeper: LaneSweeper;
  private readonly marks: LaneMarks;
  private readonly replays: ReplayApplier;
  private readonly discarder: EndpointDiscarder;
  private readonly relay: Relay;
  private readonly group: GroupWatch;
  private readonly store: StoreWatch;
  private readonly log: LogReader;
  private readonly logEnds: LogEndsReader;
  private readonly unadmitted: UnadmittedSweeper;
  private readonly retries: RetryReader;
  private app: NestFastifyApplication | undefined;
  private prepared = false;
  private stopped: Promise<void> | undefined;

  constructor(private readonly options: DispatcherOptions) {
    const { config, logger, onFatal } = options;
    const kafka = createKafka(config.kafka, 'lockstep-dispatcher', logger);
    this.health = answering(this.database('health', { max: 2 }));
    this.partitions = new PartitionKeeper(this.health, logger);
    observePartitions(() => this.partitions.aheadSeconds);
    this.topics = new TopicsKeeper({ ensure: () => ensureTopics(kafka, config), logger, onRefused: onFatal });

    const tiers = tiersOf(config.retryScheduleMs);
    // Below the lease's time: the group has shared out a dead member's shards by the time its leases end. A Kafka that
    // was restarted waits a session for members that have come back under new ids.
    const sessionTimeoutMs = Math.max(SHORTEST_SESSION_MS, 0.6 * config.leaseTtlMs);
    this.transport = new ShardTransport({
      kafka,
      groupId: `${config.kafka.topicPrefix}dispatchers`,
      topicPrefix: config.kafka.topicPrefix,
      topics: ['events', 'control'],
      quietTopics: tiers.map(retryTopicName),
      shards: config.kafka.partitions,
      sessionTimeoutMs,
      rebalanceTimeoutMs: Math.max(sessionTimeoutMs, config.leaseTtlMs),
      maxRecordBytes: maxMessageBytes(config.maxBodyBytes),
      logger,
      onFatal,
    });

    const shards = new OpenShards();
    const progress = new AdmissionProgress();
    const laneBudget = new LaneBudget(MAX_LANES);
    const lanes = new LanesRepository(this.database('lanes', { max: 2, plans: 'queue' }));
    this.keeper = new LeaseKeeper(new LeasesRepository(this.database('leases', { max: 2 }), config), config, logger);
    this.outcomes = new OutcomeService(new OutcomeRepository(this.database('outcome', { max: 1, plans: 'by-index' })), logger);
    this.directory = new EndpointDirectory(this.database('endpoints', { max: 1 }), new SecretBox(config.secretKey), logger);
    this.client = new AttemptClient(new AddressPolicy(config), this.directory);
    const runner = new LaneRunner(this.client, this.directory, lanes, this.outcomes, progress, config, logger);
    const loader = new LaneLoader(lanes, runner, laneBudget, progress, logger);
    this.sweeper = new LaneSweeper(shards, runner, loader, laneBudget, progress, logger);
    this.retries = new RetryReader(new TokenRedeemer(shards, runner));

    const admissions = new AdmissionRepository(this.database('admission', { max: 1, plans: 'by-hash' }));
    const unadmitted = new UnadmittedRepository(this.database('unadmitted', { max: 1, plans: 'by-index' }));
    const admission = new AdmissionService(admissions, new LaneIntake(runner), progress, logger);
    const stored = new StoredEventAdmitter(admission, logger);
    const logs = new OpenLogs(this.transport);
    this.logEnds = new LogEndsReader(kafka, new Topics(config.kafka.topicPrefix).events);
    const repairer = new LogRepairer(unadmitted, admission, stored, logs, this.logEnds, logger);
    this.log = new LogReader(admission, repairer, logs, config, logger);
    this.unadmitted = new UnadmittedSweeper(unadmitted, stored, repairer, logs, this.logEnds, logger);

    this.supervisor = new ShardSupervisor(this.keeper, shards, logs, runner, loader, admissions, laneBudget, new WindowBudget(WINDOW_BYTES), config, logger);
    this.group = new GroupWatch(this.transport, this.supervisor, logger);
    this.store = new StoreWatch(this.keeper, this.transport, config, logger);

    // A database of its own: a replay of many dead letters must not hold up the windows of the lanes.
    const operations = this.database('operations', { max: 1, plans: 'by-index' });
    this.marks = new LaneMarks(new LaneMarksRepository(operations), shards, runner, loader, logger);
    this.replays = new ReplayApplier(new OpenReplaysRepository(operations), shards, loader, logger);
    this.discarder = new EndpointDiscarder(lanes, shards, runner, logger);

    const ownedShards = (): number[] => shards.shards();
    observePendingAge(new PendingAgeProbe(this.health, ownedShards), (err) => logger.debug({ err }, 'The oldest pending event could not be looked up'));
    dispatchOutboxGauges.observe(() => readDispatchOutboxState(this.health, ownedShards()));
    this.relay = new Relay({
      source: new DispatchOutbox(this.database('relay', { max: 1, plans: 'queue' }), new Topics(config.kafka.topicPrefix), tiers, logger),
      producer: createRelayProducer(kafka),
      shards: ownedShards,
      maxBatchBytes: maxBatchBytes(config.maxBodyBytes),
      logger,
    });
  }

  /** Listens at once, then makes the store ready, waiting for Postgres if need be, and joins the group. */
  async start(host: string, port: number): Promise<string> {
    const { config, logger } = this.options;
    this.app = await this.createApp();
    await this.app.listen(port, host);
    const url = await this.app.getUrl();
    logger.info({ url }, 'Listening');
    await whenPostgresAnswers(async () => {
      await migrateAndLog(config.databaseUrl, logger);
      await ensureInstallation(this.health, config.kafka.partitions);
      await this.partitions.start();
    }, logger, this.stopping.signal);
    this.topics.start();
    this.client.start();
    await this.directory.start();
    this.keeper.start();
    this.relay.start();
    this.sweeper.start();
    this.discarder.start();
    this.marks.start();
    this.replays.start();
    this.unadmitted.start();
    this.group.start();
    this.prepared = true;
    await this.topics.ready();
    await this.app.startAllMicroservices();
    this.store.start();
    logger.info({ url }, 'Started');
    return url;
  }

  /**
   * Hands the shards over (attempts end, outcomes are committed, leases released), leaves the group, and ends. What
   * isn't through within the drain time is done again by the next owner.
   */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.stopping.abort();
    this.group.stop();
    this.store.stop();
    // Side by side: the group deals the shards out anew while their last attempts end here.
    await Promise.all([this.supervisor.end(), this.transport.close()]);
    this.outcomes.stop();
    this.sweeper.stop();
    this.discarder.stop();
    await Promise.all([
      this.marks.stop(), this.replays.stop(), this.unadmitted.stop(), this.logEnds.close(), this.keeper.stop(), this.directory.stop(),
      this.topics.stop(), this.relay.stop(1_000), this.partitions.stop(),
    ]);
    await this.client.stop();
    await this.app?.close();
    await Promise.all(this.pools.map((pool) => pool.end()));
  }

  private database(name: string, options: Pick<PoolOptions, 'max' | 'plans'>): Database {
    const { databaseUrl, leaseTtlMs } = this.options.config;
    // Below the lease's time: a statement that holds the fence never outlives the ownership it was made under.
    const pool = createPool({ databaseUrl, applicationName: `lockstep-dispatcher-${name}`, transactionTimeoutMs: leaseTtlMs / 2, ...options });
    this.pools.push(pool);
    return databaseOf(pool);
  }

  private async createApp(): Promise<NestFastifyApplication> {
    const { config, logger } = this.options;
    const started = new StateIndicator('startup', () => (this.prepared ? undefined : 'waiting for Postgres'));
    const module = DispatcherModule.of({
      readers: { log: this.log, retries: this.retries, nudged: [this.directory, this.marks, this.replays] },
      health: {
        startup: started,
        needs: [
          new PostgresIndicator(this.health),
          new StateIndicator('kafka', () => this.topics.problem),
          new StateIndicator('group', () => (this.transport.isMember ? undefined : 'not a member of the group')),
        ],
        degradedBy: [
          new StateIndicator('relay', () => this.relay.problem),
          new StateIndicator('partitions', () => this.partitions.problem),
        ],
      },
    });
    const app = await createHttpApp(module, { logger, maxBodyBytes: config.maxBodyBytes });
    app.connectMicroservice({ strategy: this.transport });
    return app;
  }
}
