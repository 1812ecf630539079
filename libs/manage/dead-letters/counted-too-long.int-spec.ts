import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { mintId } from '#domain/ids';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { TEST_BY } from '#dev/testing/test-principal';
import { answering } from '#ground/postgres/answering-database';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { CountsDatabase } from './counts-database.module.js';
import { DeadLettersRepository } from './dead-letters.repository.js';
import { type ReplayFilter, ReplaysRepository } from './replays.repository.js';

const ALL: ReplayFilter = { tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined };

let database: TestDatabase;
let pool: pg.Pool;
let replays: ReplaysRepository;
let deadLetters: DeadLettersRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 2, statementTimeoutMs: 200 });
  const bounds = { slots: 2, perTenant: 1, waiting: 4, waitingPerTenant: 4, waitMs: 60_000 };
  const counts = new CountsDatabase(databaseOf(pool), bounds);
  const lists = new ListsDatabase(databaseOf(pool), bounds);
  replays = new ReplaysRepository(answering(databaseOf(pool)), counts, lists);
  deadLetters = new DeadLettersRepository(lists, counts);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('refuses a replay, and creates none, when counting its dead letters takes too long; nor are they grouped', async () => {
  const holder = new pg.Client(database.url);
  await holder.connect();
  await holder.query('begin; lock table deliveries in access exclusive mode');
  const overloaded = { code: 'overloaded', retryAfterSeconds: 5, message: expect.stringMatching(/too much to read.*`endpoint`.*`from` and `to`/) as unknown };
  const ids = { id: mintId(), subject: 'rpl_1', by: TEST_BY };
  await expect(replays.create(ALL, ids)).rejects.toMatchObject(overloaded);
  await expect(replays.count(ALL)).rejects.toMatchObject(overloaded);
  const replayOfEndpoint = () => replays.createForEndpoint({ ...ALL, endpoint: 1, from: new Date(0), to: new Date() }, ids, true);
  for (const work of [replayOfEndpoint, () => replays.count({ ...ALL, endpoint: 1 })]) {
    await expect(work()).rejects.toMatchObject({ code: 'overloaded', message: expect.stringMatching(/too much to read.*give a smaller range of `from` and `to`/) as unknown });
  }
  await expect(deadLetters.group({ ...ALL, endpointId: undefined }, new Set(['endpoint']), 10)).rejects.toMatchObject({ code: 'overloaded' });
  await holder.end();
  expect(await replays.find('default', ids.id)).toBeUndefined();
  expect((await pool.query('select from audit_log')).rowCount).toBe(0);
  expect([await replays.create(ALL, ids), await replays.count(ALL)]).toEqual([0, 0]);
});

it('cancels nothing when a batch of the replay takes too long', async () => {
  const cancelled = { tenant: 'default', id: mintId(), subject: 'rpl_2', by: TEST_BY };
  await pool.query("insert into replays (id, tenant, action, actor, matched) values ($1, 'default', 'replay', 'test', 1)", [cancelled.id]);
  await pool.query("insert into replay_shards (replay, shard, tenant) values ($1, 0, 'default')", [cancelled.id]);
  const holder = new pg.Client(database.url);
  await holder.connect();
  await holder.query('begin; select from replay_shards for update');
  await expect(replays.cancel(cancelled)).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 1, message: expect.stringContaining('nothing is cancelled yet') as unknown });
  await holder.end();
  expect(await replays.find('default', cancelled.id)).toMatchObject({ status: 'running', cancelledAt: null });
  expect(await replays.cancel(cancelled)).toBe(true);
});
