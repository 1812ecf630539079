import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pino from 'pino';
import { loadConfig } from '#ground/config/config';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { createKafka } from './client.js';
import { LogEndsReader } from './log-ends.js';

const config = loadConfig({ DATABASE_URL: 'postgres://x@y/z', KAFKA_BROKERS: sharedServers().kafkaBrokers, LOCKSTEP_SECRET_KEY: 'x'.repeat(32) });
const kafka = createKafka(config.kafka, 'test', pino({ level: 'silent' }));
const topic = `log-ends-${randomBytes(4).toString('hex')}`;
const admin = kafka.admin();
const producer = kafka.producer();
const reader = new LogEndsReader(kafka, topic);

beforeAll(async () => {
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
  await waitUntil('the topic to be there', () => reader.read().then(() => true, () => false));
});

afterAll(async () => {
  await admin.deleteTopics({ topics: [topic] });
  await Promise.all([admin.disconnect(), producer.disconnect(), reader.close()]);
});

it('reads where each log starts and ends, and the offset of a time', async () => {
  const nowMs = Date.now();
  const messages = [30, 20, 10].map((minutes) => ({ partition: 1, value: String(minutes), timestamp: String(nowMs - minutes * 60_000) }));
  for (const message of messages) await producer.send({ topic, messages: [message] });
  expect(await reader.read()).toEqual(new Map([[0, { start: 0, end: 0 }], [1, { start: 0, end: 3 }]]));
  expect((await reader.offsetsSince(nowMs - 25 * 60_000)).get(1)).toBe(1);
  expect(await reader.offsetsSince(nowMs)).toEqual(new Map([[0, 0], [1, 3]]));
});

it('fails when there is no such topic', async () => {
  const missing = new LogEndsReader(kafka, 'missing');
  await expect(missing.offsetsSince(Date.now())).rejects.toThrow();
});
