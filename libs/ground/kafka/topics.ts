import type { Admin, ITopicMetadata, Kafka } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { formatDuration } from '#domain/duration';
import { KafkaJSProtocolError } from './client.js';

/** Room for key and headers beside the largest body. */
const HEADROOM_BYTES = 65_536;
/** Kafka's limit is one of record batches, not of records: below a megabyte the relay's batches would be cut short. */
const LEAST_BATCH_BYTES = 1_048_576;

/** `max.message.bytes` of the topics: the largest record batch, in bytes. */
export function maxMessageBytes(maxBodyBytes: number): number {
  return Math.max(LEAST_BATCH_BYTES, maxBodyBytes + HEADROOM_BYTES);
}

/** What a record batch takes itself, and room for what is not counted to the byte. */
const BATCH_OVERHEAD_BYTES = 5_536;

/** What a producer may put into one record batch of these topics, in bytes. */
export function maxBatchBytes(maxBodyBytes: number): number {
  return maxMessageBytes(maxBodyBytes) - BATCH_OVERHEAD_BYTES;
}

/** The full names of Lockstep's topics. */
export class Topics {
  constructor(private readonly prefix: string) {}

  readonly named = (name: string): string => `${this.prefix}${name}`;

  get events(): string {
    return this.named('events');
  }

  get control(): string {
    return this.named('control');
  }

  get deadLetters(): string {
    return this.named('dlq');
  }

  retry(delayMs: number): string {
    return this.named(retryTopicName(delayMs));
  }
}

/** Name of a rung of the retry ladder, without the prefix: `retry.30s`. */
export function retryTopicName(delayMs: number): string {
  return `retry.${formatDuration(delayMs)}`;
}

/** The ladder's rungs: the schedule's distinct delays from one second on, ascending; shorter waits are timers. */
export function tiersOf(retryScheduleMs: readonly number[]): number[] {
  return [...new Set(retryScheduleMs)].filter((delayMs) => delayMs >= 1_000).sort((a, b) => a - b);
}

export class TopicsError extends Error {
  override readonly name = 'TopicsError';
  readonly code = 'topics_unsuitable';
}

/** A topic has another number of partitions than there are shards. */
export class PartitionsError extends TopicsError {}

/** A topic as it is to be. */
export interface WantedTopic {
  /** Full name. */
  readonly topic: string;
  readonly retentionMs: number;
}

/** Makes sure of Lockstep's own topics. @throws TopicsError as below */
export function ensureTopics(kafka: Kafka, config: Pick<Config, 'kafka' | 'maxBodyBytes' | 'retryScheduleMs'>): Promise<void> {
  const { retentionMs, topicPrefix } = config.kafka;
  const topics = new Topics(topicPrefix);
  return ensureTopicsLike(kafka, config, [
    { topic: topics.events, retentionMs },
    { topic: topics.control, retentionMs },
    { topic: topics.deadLetters, retentionMs },
    // A token must outlive its own wait.
    ...tiersOf(config.retryScheduleMs).map((delayMs) => ({ topic: topics.retry(delayMs), retentionMs: Math.max(retentionMs, 2 * delayMs) })),
  ]);
}

/**
 * Creates the topics that are missing (unless KAFKA_CREATE_TOPICS is false) and checks those that exist.
 * @throws TopicsError when a topic is missing and may not be created; PartitionsError when one has another number of
 * partitions than there are shards
 */
export async function ensureTopicsLike(kafka: Kafka, config: Pick<Config, 'kafka' | 'maxBodyBytes'>, wanted: readonly WantedTopic[]): Promise<void> {
  const { partitions, replicationFactor, createTopics } = config.kafka;
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter(({ topic }) => !existing.has(topic));
    if (missing.length > 0 && !createTopics) {
      throw new TopicsError(`Kafka lacks ${missing.map(({ topic }) => topic).join(', ')} and KAFKA_CREATE_TOPICS is false: create them with ${partitions} partitions each`);
    }
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ topic, retentionMs: keptMs }) => ({
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: [
            { name: 'max.message.bytes', value: String(maxMessageBytes(config.maxBodyBytes)) },
            { name: 'retention.ms', value: String(keptMs) },
            // Whoever else writes here may compress with what kafkajs can't read (snappy, lz4, zstd), which ends a consumer
            // for good: the broker stores all of it as it is. Our own records are not compressed anyway.
            { name: 'compression.type', value: 'uncompressed' },
          ],
        })),
      });
    }
    const found = await metadataOf(admin, wanted.map(({ topic }) => topic));
    const unsuitable = found.filter(({ partitions: has }) => has.length !== partitions);
    if (unsuitable.length > 0) {
      throw new PartitionsError(
        `${unsuitable.map(({ name, partitions: has }) => `${name} has ${has.length} partitions`).join(', ')}; ` +
          `KAFKA_PARTITIONS says ${partitions}. An entity's shard depends on this number: set KAFKA_PARTITIONS to the topics' number, or use another KAFKA_TOPIC_PREFIX`,
      );
    }
  } finally {
    await admin.disconnect();
  }
}

/** How long a topic that was just made may lack a leader, or be unknown to the broker that is asked. */
const LEADERS_TIMEOUT_MS = 20_000;

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
    if (performance.now() > deadlineMs) throw new TopicsError(`Kafka has had no leaders for some of ${topics.join(', ')} for ${LEADERS_TIMEOUT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
