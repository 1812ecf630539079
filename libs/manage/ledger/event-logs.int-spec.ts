import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { KafkaConfig } from '#ground/config/config';
import { createKafka } from '#ground/kafka/client';
import { createLogger } from '#ground/telemetry/logger';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { readEventLogs } from './event-logs.js';

const config: KafkaConfig = {
  brokers: [sharedServers().kafkaBrokers], topicPrefix: `ledger-${randomBytes(4).toString('hex')}.`, partitions: 2, replicationFactor: 1, retentionMs: 3_600_000, createTopics: true, ssl: false, sasl: undefined,
};
const topic = `${config.topicPrefix}events`;
const kafka = createKafka(config, 'test', createLogger('test', 'silent'));
const admin = kafka.admin();
const producer = kafka.producer();

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
});

afterAll(async () => {
  await admin.deleteTopics({ topics: [topic] });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

it('reads the bounds of each shard\'s log', async () => {
  await producer.send({ topic, messages: [1, 2, 3].map((n) => ({ partition: 1, value: String(n) })) });
  // A new topic may have no leader yet.
  await waitUntil('the deletion of the records', async () => {
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '2' }] }).catch(() => undefined);
    return (await readEventLogs(config)).get(1)?.start === 2;
  });
  expect(await readEventLogs(config)).toEqual(new Map([[0, { start: 0, end: 0 }], [1, { start: 2, end: 3 }]]));
});

it('fails without the topic', async () => {
  await expect(readEventLogs({ ...config, topicPrefix: 'nobody.' })).rejects.toThrow();
});
