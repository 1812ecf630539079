import type { Kafka } from 'kafkajs';
import { KafkaJSProtocolError } from '#ground/kafka/client';
import { LogEndsReader } from '#ground/kafka/log-ends';
import { TopicDescriber } from '#ground/kafka/wire/topic-describer';
import { type KafkaSettings, kafkaSettings } from './kafka-settings.js';
import type { KafkaSource } from './kafka-source.js';
import type { KafkaSourcesRepository, SourceTopic } from './kafka-sources.repository.js';
import type { SourceClusters } from './source-clusters.js';
import { partitionStarts } from './topic-start.js';

/** The topic has been deleted and created again while it was read. */
export class TopicReplacedError extends Error {
  override readonly name = 'TopicReplacedError';

  constructor(topic: string) {
    super(`${topic} was deleted and created again`);
  }
}

/** kafkajs takes it for a failure that passes. */
export function isUnknownTopic(error: unknown): boolean {
  return error instanceof KafkaJSProtocolError && error.type === 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** The topic of a source, as it is at its cluster. */
export class ReachedTopic {
  private confirmedAtMs: number;
  private confirming: Promise<void> | undefined;

  private constructor(
    readonly kafka: Kafka,
    readonly settings: KafkaSettings,
    readonly of: SourceTopic,
    private readonly describer: TopicDescriber,
    private readonly logs: LogEndsReader,
    private readonly repository: KafkaSourcesRepository,
    reachedAtMs: number,
  ) {
    this.confirmedAtMs = reachedAtMs;
  }

  /**
   * Connects to the source's cluster, and stores where the topic begins if the source has not read it.
   * @throws TopicForbiddenError; SecretBoxError; what kafkajs throws, such as for a wrong password or a missing topic; what
   * Postgres throws
   */
  static async reach(source: KafkaSource, clusters: SourceClusters, repository: KafkaSourcesRepository): Promise<ReachedTopic> {
    const { data: settings, error } = kafkaSettings.safeParse(source.settings);
    if (settings === undefined) throw new Error(`The settings of ${source.publicId} are not those of this release: ${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
    const { topic } = settings;
    const kafka = await clusters.clientOf(settings, repository.passwordOf(source));
    const describer = new TopicDescriber(kafka, topic);
    const logs = new LogEndsReader(kafka, topic);
    try {
      const reachedAtMs = performance.now();
      const { clusterId, topicId } = await describer.describe();
      await clusters.authorize(source, settings, clusterId);
      const reached = new ReachedTopic(kafka, settings, { source, topic, topicId, cluster: clusterId }, describer, logs, repository, reachedAtMs);
      await reached.positions();
      return reached;
    } catch (error) {
      await Promise.all([describer.close(), logs.close()]);
      throw error;
    }
  }

  /** Positions of all partitions that Kafka has, those that were added included. @throws what kafkajs and Postgres throw */
  async positions(needed: readonly number[] = []): Promise<ReadonlyMap<number, number>> {
    const stored = await this.repository.positions(this.of);
    if (stored.size > 0 && needed.every((partition) => stored.has(partition))) return stored;
    const { startAt } = this.settings;
    // What this client knows of the topic may be older than its new partitions.
    await this.logs.close();
    await this.repository.open(this.of, startAt, await partitionStarts(this.logs, startAt));
    return this.repository.positions(this.of);
  }

  /** Where the logs of the partitions start and end. @throws what kafkajs throws */
  ends(): ReturnType<LogEndsReader['read']> {
    return this.logs.read();
  }

  /**
   * Makes sure that what was fetched before `sinceMs` is of this topic: Kafka says so after that moment, and ids never return.
   * kafkajs fetches by name, so what it returns may be of the topic that replaced this one.
   * @param sinceMs by performance.now()
   * @throws TopicReplacedError; what kafkajs throws
   */
  async confirm(sinceMs: number): Promise<void> {
    while (this.confirmedAtMs < sinceMs) await (this.confirming ??= this.askForId().finally(() => (this.confirming = undefined)));
  }

  async close(): Promise<void> {
    await Promise.all([this.describer.close(), this.logs.close()]);
  }

  private async askForId(): Promise<void> {
    const askedAtMs = performance.now();
    const { topicId } = await this.describer.describe();
    if (topicId !== this.of.topicId) throw new TopicReplacedError(this.of.topic);
    this.confirmedAtMs = askedAtMs;
  }
}
