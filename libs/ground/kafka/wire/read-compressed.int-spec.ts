import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { captureLog } from '#dev/testing/log-capture';
import { sharedServers } from '#dev/testing/shared-servers';
import { TopicReader } from '#dev/testing/topic-reader';
import { createKafka } from '../client.js';
import { readCompressedBatches } from './read-compressed.js';

let kafka: Kafka;

beforeAll(() => {
  kafka = createKafka({ brokers: sharedServers().kafkaBrokers.split(','), ssl: false, sasl: undefined }, 'test', captureLog().logger);
  readCompressedBatches();
});

const readers: TopicReader[] = [];
afterAll(() => Promise.all(readers.map((reader) => reader.stop())));

/** Text that repeats near and far, runs, random bytes, and blocks above the 64 KiB of Kafka's LZ4. */
const VALUES = [
  Buffer.from('{"n":1}'), Buffer.alloc(100_000, 'ab'), randomBytes(150_000), Buffer.alloc(0), Buffer.alloc(70_000, 7),
  Buffer.from(Array.from({ length: 4_000 }, (_, i) => `{"order":${i},"customer":"customer-${i % 17}"}`).join('\n')),
];

it('reads what a broker has compressed with each codec', async () => {
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  const topics = ['gzip', 'snappy', 'lz4', 'zstd'].map((codec) => ({ codec, topic: `${codec}-${randomBytes(4).toString('hex')}` }));
  await admin.createTopics({ waitForLeaders: true, topics: topics.map(({ codec, topic }) => ({ topic, numPartitions: 1, replicationFactor: 1, configEntries: [{ name: 'compression.type', value: codec }] })) });
  for (const { topic } of topics) await producer.send({ topic, messages: VALUES.map((value) => ({ value })) });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  for (const { topic } of topics) {
    const reader = await TopicReader.start(kafka, [topic]);
    readers.push(reader);
    const records = await reader.atLeast(VALUES.length);
    expect(records.map(({ value }) => value?.equals(VALUES[records.findIndex((record) => record.value === value)] ?? Buffer.from('none')))).toEqual(VALUES.map(() => true));
  }
});

it('reads in several fetches what is too much for one', async () => {
  readCompressedBatches(500_000);
  const topic = `many-${randomBytes(4).toString('hex')}`;
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 2, replicationFactor: 1, configEntries: [{ name: 'compression.type', value: 'gzip' }] }] });
  // Each a batch of its own. Two of them fit into a fetch.
  for (let n = 0; n < 12; n++) await producer.send({ topic, messages: [{ value: Buffer.alloc(200_000, n), partition: n % 2 }] });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  const reader = await TopicReader.start(kafka, [topic]);
  readers.push(reader);
  const records = await reader.atLeast(12);
  expect(records.map(({ value }) => value?.[0]).sort((one = 0, other = 0) => one - other)).toEqual(Array.from({ length: 12 }, (_, n) => n));
});
