import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Admin, Kafka } from 'kafkajs';
import { captureLog } from '#dev/testing/log-capture';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { AddressPolicy } from '#ground/network/address-policy';
import { createKafka } from '../client.js';
import { guardedSockets } from '../guarded-sockets.js';
import { TopicDescriber, type TopicDescription } from './topic-describer.js';

const PLAIN = { ssl: false, sasl: undefined };
const brokers = (): string[] => sharedServers().kafkaBrokers.split(',');
const topic = `described-${randomBytes(4).toString('hex')}`;
let kafka: Kafka;
let admin: Admin;

beforeAll(async () => {
  kafka = createKafka({ brokers: brokers(), ...PLAIN }, 'test', captureLog().logger);
  admin = kafka.admin();
  await admin.connect();
});

afterAll(() => admin.disconnect());

async function describe(describer: TopicDescriber): Promise<TopicDescription> {
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 12, replicationFactor: 1 }] });
  return waitUntil('the topic', () => describer.describe().catch(() => undefined));
}

it('tells the id of a topic, which is another one after it was created again, and its partitions', async () => {
  const describer = new TopicDescriber(kafka, topic);
  await expect(describer.describe()).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
  const first = await describe(describer);
  expect(first).toEqual({ clusterId: (await admin.describeCluster()).clusterId, topicId: expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/), partitions: Array.from({ length: 12 }, (_, i) => i) });
  expect(await describer.describe()).toEqual(first);
  await admin.deleteTopics({ topics: [topic] });
  await waitUntil('the topic is gone', () => describer.describe().then(() => false, () => true));
  const again = await describe(describer);
  expect(again).toEqual({ ...first, topicId: again.topicId });
  expect(again.topicId).not.toBe(first.topicId);
  await describer.close();
});

it.each([[[], false], [['127.0.0.0/8'], true]])('connects to addresses in the allowed networks only: %j', async (allowPrivateNetworks, isAllowed) => {
  const guarded = createKafka({ brokers: brokers(), ...PLAIN, socketFactory: guardedSockets(new AddressPolicy({ allowPrivateNetworks, allowHttp: false })) }, 'test', captureLog().logger);
  const describer = new TopicDescriber(guarded, topic);
  const found = await describer.describe().then(() => 'connected', (error: unknown) => String(error));
  await describer.close();
  expect(found).toMatch(isAllowed ? /^connected$/ : /Connections to Kafka may not go to 127\.0\.0\.1: .*LOCKSTEP_ALLOW_PRIVATE_NETWORKS/);
});
