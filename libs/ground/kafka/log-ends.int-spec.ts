import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { LogEndsReader } from './log-ends.js';

const kafka = new Kafka({ brokers: [sharedServers().kafkaBrokers], logLevel: logLevel.NOTHING });
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

it('tells how far a log reaches, and where in it a time is', async () => {
  const nowMs = Date.now();
  const messages = [30, 20, 10].map((minutes) => ({ partition: 1, value: String(minutes), timestamp: String(nowMs - minutes * 60_000) }));
  for (const message of messages) await producer.send({ topic, messages: [message] });
  expect(await reader.read()).toEqual(new Map([[0, { start: 0, end: 0 }], [1, { start: 0, end: 3 }]]));
  expect((await reader.offsetsSince(nowMs - 25 * 60_000)).get(1)).toBe(1);
  expect(await reader.offsetsSince(nowMs)).toEqual(new Map([[0, 0], [1, 3]]));
});

it('fails when there is no such topic', async () => {
  const nobody = new LogEndsReader(kafka, 'nobody');
  await expect(nobody.offsetsSince(Date.now())).rejects.toThrow();
});
