import type { KafkaConfig } from '#ground/config/config';
import { createKafka } from '#ground/kafka/client';
import { Topics } from '#ground/kafka/topics';
import { createLogger } from '#ground/telemetry/logger';
import type { LogBounds } from './ledger.repository.js';

/**
 * Reads the bounds of each shard's partition of the `events` topic.
 * @throws what kafkajs throws while Kafka is away or lacks the topic
 */
export async function readEventLogs(config: KafkaConfig): Promise<ReadonlyMap<number, LogBounds>> {
  const admin = createKafka(config, 'lockstep-verify', createLogger('verify', 'silent')).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(new Topics(config.topicPrefix).events);
    return new Map(offsets.map(({ partition, low, high }) => [partition, { start: Number(low), end: Number(high) }]));
  } finally {
    await admin.disconnect();
  }
}
