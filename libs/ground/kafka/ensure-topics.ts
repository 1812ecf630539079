import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, ITopicMetadata, Kafka } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { StartError } from '#ground/process/start-error';
import { KafkaJSProtocolError } from './client.js';
import { ensureMessageSize, maxMessageBytes } from './message-size.js';
import { checkTopicSettings, readTopicSettings, replicasOf } from './topic-settings.js';
import { tiersOf, Topics } from './topics.js';

/** A topic that an app needs. */
export interface RequiredTopic {
  /** Full name. */
  readonly topic: string;
  readonly retentionMs: number;
}

/** What was changed, what is wrong, and what could not be checked. */
export interface TopicsReport {
  readonly created: readonly string[];
  /** Topics whose `max.message.bytes` was too low, and has been raised. */
  readonly raised: readonly string[];
  /** What follows from settings that others gave to the topics. */
  readonly warnings: readonly string[];
  /** Topics with one replica: their records are lost with one broker. */
  readonly unreplicated: readonly string[];
  /** Why the settings are unknown: Kafka does not allow us to read them. */
  readonly unreadable?: string;
}

/** Makes sure of Lockstep's own topics. @throws as `ensureTopicsLike` does */
export function ensureTopics(kafka: Kafka, config: Pick<Config, 'kafka' | 'maxBodyBytes' | 'retryScheduleMs'>): Promise<TopicsReport> {
  const { retentionMs, topicPrefix } = config.kafka;
  const topics = new Topics(topicPrefix);
  return ensureTopicsLike(kafka, config, [
    { topic: topics.events, retentionMs },
    { topic: topics.control, retentionMs },
    { topic: topics.deadLetters, retentionMs },
    // A token must outlive its own delay.
    ...tiersOf(config.retryScheduleMs).map((delayMs) => ({ topic: topics.retry(delayMs), retentionMs: Math.max(retentionMs, 2 * delayMs) })),
  ]);
}

/**
 * Creates missing topics (unless KAFKA_CREATE_TOPICS is false), and checks existing ones: their number of partitions, that
 * they take the largest record (see `ensureMessageSize`), and settings that others gave them (see `checkTopicSettings`). Without
 * the right to read settings (DescribeConfigs) only partitions are checked.
 * @throws StartError topics_missing: a topic is missing and may not be created; topics_leaderless; topics_unsuitable: a topic
 * has another number of partitions than there are shards, a limit that is too low and can't be raised, or settings with which
 * records are refused, removed or unreadable.
 * What kafkajs throws while Kafka does not answer.
 */
export async function ensureTopicsLike(kafka: Kafka, config: Pick<Config, 'kafka' | 'maxBodyBytes'>, required: readonly RequiredTopic[]): Promise<TopicsReport> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = required.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0) await createTopics(admin, config, missing);
    const metadata = await metadataOf(admin, required.map(({ topic }) => topic));
    checkPartitions(metadata, config.kafka.partitions);
    const replicas = new Map(metadata.map((topic) => [topic.name, replicasOf(topic)]));
    const unreplicated = required.map(({ topic }) => topic).filter((topic) => replicas.get(topic) === 1);
    const found = required.filter(({ topic }) => existing.has(topic));
    return { created: missing.map(({ topic }) => topic), unreplicated, ...(await ensureSettings(admin, config, found, replicas)) };
  } finally {
    await admin.disconnect();
  }
}

async function ensureSettings(admin: Admin, config: Pick<Config, 'kafka' | 'maxBodyBytes'>, topics: readonly RequiredTopic[], replicas: ReadonlyMap<string, number>): Promise<Pick<TopicsReport, 'raised' | 'warnings' | 'unreadable'>> {
  if (topics.length === 0) return { raised: [], warnings: [] };
  let settings: Awaited<ReturnType<typeof readTopicSettings>>;
  try {
    settings = await readTopicSettings(admin, topics.map(({ topic }) => topic));
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    return { raised: [], warnings: [], unreadable: error.message };
  }
  const checked = topics.map(({ topic, retentionMs }) => ({ topic, retentionMs, settings: settings.get(topic) ?? new Map(), replicas: replicas.get(topic) ?? 0 }));
  const warnings = checkTopicSettings(checked, config);
  return { raised: await ensureMessageSize(admin, config, settings), warnings };
}

function isUnauthorized(error: unknown): error is Error {
  return error instanceof KafkaJSProtocolError && error.type.endsWith('_AUTHORIZATION_FAILED');
}

async function createTopics(admin: Admin, { kafka, maxBodyBytes }: Pick<Config, 'kafka' | 'maxBodyBytes'>, missing: readonly RequiredTopic[]): Promise<void> {
  const { partitions, replicationFactor } = kafka;
  if (!kafka.createTopics) {
    const names = missing.map(({ topic }) => topic).join(', ');
    throw new StartError('topics_missing', `Kafka lacks ${names} and KAFKA_CREATE_TOPICS is false: create them with ${partitions} partitions each`);
  }
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map(({ topic, retentionMs }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: [
        { name: 'max.message.bytes', value: String(maxMessageBytes(maxBodyBytes)) },
        { name: 'retention.ms', value: String(retentionMs) },
        // A foreign producer may compress records with a codec that kafkajs can't read (snappy, lz4, zstd), which ends a
        // consumer for good. So the broker stores all records uncompressed, as ours are anyway.
        { name: 'compression.type', value: 'uncompressed' },
      ],
    })),
  });
}

function checkPartitions(topics: readonly ITopicMetadata[], shards: number): void {
  const unsuitable = topics.filter(({ partitions }) => partitions.length !== shards);
  if (unsuitable.length === 0) return;
  const found = unsuitable.map(({ name, partitions }) => `${name} has ${partitions.length} partitions`).join(', ');
  throw new StartError(
    'topics_unsuitable',
    `${found}; KAFKA_PARTITIONS says ${shards}. An entity's shard depends on this number: set KAFKA_PARTITIONS to the topics' number, or use another KAFKA_TOPIC_PREFIX`,
  );
}

/** A new topic may have no leader, or be unknown to the broker that we ask, for this long. */
const LEADERS_TIMEOUT_MS = 20_000;
const LEADERS_POLL_MS = 100;

/** The topics' metadata once every partition has a leader. */
async function metadataOf(admin: Admin, topics: string[]): Promise<ITopicMetadata[]> {
  const deadlineMs = performance.now() + LEADERS_TIMEOUT_MS;
  for (;;) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics });
      if (found.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return found;
    } catch (error) {
      if (!(error instanceof KafkaJSProtocolError) || !error.retriable) throw error;
    }
    if (performance.now() > deadlineMs) {
      throw new StartError('topics_leaderless', `Some of ${topics.join(', ')} have had no leader for ${LEADERS_TIMEOUT_MS / 1_000} s`);
    }
    await delay(LEADERS_POLL_MS);
  }
}
