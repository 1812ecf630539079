import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { mintId } from '#domain/ids';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { TEST_BY } from '#dev/testing/test-principal';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { CountsDatabase } from './counts-database.module.js';
import { type ReplayFilter, ReplaysRepository } from './replays.repository.js';

const ALL: ReplayFilter = { tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined };

let database: TestDatabase;
let pool: pg.Pool;
let replays: ReplaysRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 2, statementTimeoutMs: 200 });
  replays = new ReplaysRepository(databaseOf(pool), new CountsDatabase(databaseOf(pool), { slots: 2, perTenant: 1, waiting: 4, waitingPerTenant: 4, waitMs: 60_000 }));
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

it('refuses a replay, and creates none, when counting its dead letters takes too long', async () => {
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
  await holder.end();
  expect(await replays.find('default', ids.id)).toBeUndefined();
  expect((await pool.query('select from audit_log')).rowCount).toBe(0);
  expect([await replays.create(ALL, ids), await replays.count(ALL)]).toEqual([0, 0]);
});
