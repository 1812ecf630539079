import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pino from 'pino';
import { type Database, databaseOf } from '#postgres/pool';
import { createShardFixture, type ShardFixture } from '#testing/shard-fixture';
import { waitUntil } from '#testing/wait-until';
import type { Lease } from './lease.js';
import { LeaseKeeper } from './lease-keeper.js';
import { LeasesRepository } from './leases.repository.js';

const SHARD = 1;
/** So long that no lease expires in this test. */
const TTL_MS = 60_000;

let fixture: ShardFixture;
let away = false;
let keeper: LeaseKeeper;

beforeAll(async () => {
  fixture = await createShardFixture();
});

afterAll(async () => {
  await keeper.stop();
  await fixture.close();
});

it('gives a lease back as soon as Postgres is there again, also when it was away at the release', async () => {
  const database: Database = { query: (text, values) => (away ? Promise.reject(new Error('Connection terminated')) : databaseOf(fixture.pool).query(text, values)) };
  const { promise: claimed, resolve } = Promise.withResolvers<Lease>();
  const ignored = (): void => undefined;
  keeper = new LeaseKeeper(new LeasesRepository(database, randomUUID(), TTL_MS), TTL_MS, { claimed: resolve, lost: ignored, doubted: ignored, resumed: ignored }, pino({ level: 'silent' }));
  keeper.start();
  keeper.want([SHARD]);
  const lease = await claimed;
  const owner = async (): Promise<string | null | undefined> => (await fixture.pool.query<{ owner: string | null }>('select owner from shard_leases where shard = $1', [SHARD])).rows[0]?.owner;
  expect(await owner()).not.toBeNull();

  away = true;
  keeper.want([]);
  await expect(keeper.release(lease)).rejects.toThrow('Connection terminated');
  expect(await owner()).not.toBeNull();
  away = false;
  await waitUntil('the lease is nobody\'s', async () => (await owner()) === null);
  expect(keeper.lease(SHARD)).toBeUndefined();
});
