import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mintId, toPublicId } from '#domain/ids';
import { sharedServers } from '#dev/testing/shared-servers';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import type { PostedEvent } from './history.js';
import { queryOnce } from './query-once.js';
import { RunTopic } from './run-topic.js';
import { sealedBody } from './sealed-body.js';

const SOURCE = 'own-topic';
const TOPIC_ID = '00000000-0000-4000-8000-000000000001';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

it('tells which records are unread, and what became of each', async () => {
  const topic = await RunTopic.create({ brokers: sharedServers().kafkaBrokers, topic: `shop.${randomBytes(4).toString('hex')}`, source: SOURCE, databaseUrl: database.url });
  const events: PostedEvent[] = [];
  for (const n of [1, 2, 3]) events.push(await topic.post('record-1', `record-1/${n}`));
  await topic.close();
  expect(events.map(({ tries }) => tries.map(({ answer }) => answer.kind))).toEqual([['acknowledged'], ['acknowledged'], ['acknowledged']]);
  expect(await topic.unread()).toBe(3);

  await queryOnce(database.url, `insert into sources (public_id, tenant, name, provider, settings) values (gen_random_uuid(), 'default', '${SOURCE}', 'kafka', '{}')`);
  await queryOnce(database.url, `insert into source_topics (source, topic_id, topic, cluster) select id, '${TOPIC_ID}', 'shop', 'own' from sources`);
  // All of them are in the partition of their key.
  await queryOnce(database.url, `insert into source_positions (source, topic_id, partition, next_offset) select id, '${TOPIC_ID}', 0, 2 from sources`);
  expect(await topic.unread()).toBe(1);

  const stored = async (n: number): Promise<string> => {
    const id = mintId();
    await queryOnce(database.url, "insert into events (id, tenant, shard, type, entity, source, content_type, payload) values ($1, 'default', 0, 't', 'record-1', $2, 'application/json', $3)", [id, SOURCE, Buffer.from(sealedBody('record-1', `record-1/${n}`))]);
    return toPublicId('evt', id);
  };
  const [once, twice] = [await stored(1), [await stored(2), await stored(2)]];
  const never: PostedEvent = { origin: 'topic', key: 'record-1/4', entity: 'record-1', tries: [{ sentAtMs: 0, answeredAtMs: 1, answer: { kind: 'unknown' } }] };
  const missing: PostedEvent = { ...never, key: 'record-1/5', tries: [{ sentAtMs: 0, answeredAtMs: 1, answer: { kind: 'acknowledged' } }] };
  const post: PostedEvent = { ...never, origin: 'api', key: 'entity-1/1' };
  const settled = await topic.settled([...events, never, missing, post]);
  expect(settled.map(({ key, record }) => [key, record?.offset, record?.eventIds])).toEqual([
    ['record-1/1', 0, [once]], ['record-1/2', 1, twice], ['record-1/3', 2, []], ['record-1/5', undefined, undefined], ['entity-1/1', undefined, undefined],
  ]);
});
