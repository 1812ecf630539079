import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { Poll } from '#ground/polling/poll';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import type { KafkaSource } from './kafka-source.js';
import { sourcePartitionsHalted, sourcesFailing } from './kafka-sources.metrics.js';
import { KafkaSourcesRepository } from './kafka-sources.repository.js';
import { RecordAcceptor } from './record-acceptor.js';
import { SourceClusters } from './source-clusters.js';
import { SourceRunner } from './source-runner.js';
import { SourceSession, type SourceSessionOptions } from './source-session.js';
import { ReachedTopic } from './source-topic.js';

/** A change of a source holds after this. */
const POLL_MS = 1_000;
const REPORT_MS = 5_000;
/** Kafka's default lower bound of a group's session timeout. */
const SHORTEST_SESSION_MS = 6_000;

/** Reads the topics of all Kafka sources, together with the other gateways: each source has a consumer group. */
@Injectable()
export class KafkaSources {
  private readonly runners = new Map<number, SourceRunner>();
  /** Runners that end. */
  private readonly endings = new Map<number, Promise<void>>();
  private readonly poll: Poll;
  private readonly reports: Poll;

  constructor(
    private readonly repository: KafkaSourcesRepository,
    private readonly acceptor: RecordAcceptor,
    private readonly clusters: SourceClusters,
    @InjectConfig() private readonly config: Pick<Config, 'kafka' | 'leaseTtlMs' | 'maxBodyBytes'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({ work: () => this.update(), intervalMs: POLL_MS, onError: (err) => logger.warn({ err }, 'Kafka sources could not be read; retrying') });
    this.reports = new Poll({ work: () => this.storeReports(), intervalMs: REPORT_MS, onError: (err) => logger.debug({ err }, 'States of Kafka sources could not be stored; retrying') });
  }

  start(): void {
    this.poll.start();
    this.reports.start(POLL_MS);
  }

  /** Stops reading, and leaves the groups: other gateways go on at once. What was read is stored, or read again there. */
  async stop(): Promise<void> {
    // First what reads: a poll may wait for Postgres.
    this.endAll();
    await Promise.all([this.poll.stop(), this.reports.stop()]);
    // The last poll may have begun more.
    this.endAll();
    await Promise.all(this.endings.values());
  }

  /** Has the states of the sources stored at once, and not only after up to five seconds. */
  report(): void {
    this.reports.nudge();
  }

  private async update(): Promise<void> {
    const sources = new Map((await this.repository.enabledSources()).map((source) => [source.id, source]));
    for (const [id, { source }] of this.runners) if (sources.get(id)?.version !== source.version) this.end(id);
    for (const [id, source] of sources) if (!this.runners.has(id)) this.begin(source);
  }

  private begin(source: KafkaSource): void {
    const runner = new SourceRunner(source, (read, on) => this.open(read, on), this.logger);
    this.runners.set(source.id, runner);
    runner.start(this.endings.get(source.id) ?? Promise.resolve());
  }

  private end(id: number): void {
    const runner = this.runners.get(id);
    this.runners.delete(id);
    const ending = Promise.all([this.endings.get(id), runner?.stop()]).then(() => {
      if (this.endings.get(id) === ending) this.endings.delete(id);
    });
    this.endings.set(id, ending);
  }

  private endAll(): void {
    for (const id of [...this.runners.keys()]) this.end(id);
  }

  private async open(source: KafkaSource, on: Pick<SourceSessionOptions, 'onReading' | 'onSteady'>): Promise<SourceSession> {
    const { repository, acceptor, logger, config: { kafka, leaseTtlMs, maxBodyBytes } } = this;
    const topic = await ReachedTopic.reach(source, this.clusters, repository);
    const [groupId, sessionTimeoutMs] = [`${kafka.topicPrefix}source.${source.publicId}`, Math.max(SHORTEST_SESSION_MS, leaseTtlMs)];
    return new SourceSession(topic, { groupId, sessionTimeoutMs, maxBodyBytes, repository, acceptor, logger, ...on });
  }

  private async storeReports(): Promise<void> {
    const runners = [...this.runners.values()];
    sourcesFailing.set(runners.filter(({ isFailing }) => isFailing).length);
    const reports = runners.map((runner) => runner.report());
    sourcePartitionsHalted.set(reports.reduce((sum, { partitions }) => sum + partitions.filter(({ halt }) => halt !== undefined).length, 0));
    if (reports.length > 0) await this.repository.storeReports(reports);
  }
}
