import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { databaseToken, poolToken } from '#ground/postgres/inject-postgres';
import { createPool, type Database, databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import type { Lease } from './lease.js';
import { LeaseKeeper, type LeaseListener } from './lease-keeper.js';
import { LeasesModule } from './leases.module.js';
import { LeasesRepository } from './leases.repository.js';

const SHARD = 1;
/** So long that no lease expires by itself. */
const LONG_TTL = { LOCKSTEP_LEASE_TTL: '1m' };

const ignored = (): void => undefined;

let fixture: ShardFixture;
let dispatcher: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
});

afterEach(async () => {
  await dispatcher.get(LeaseKeeper).stop();
  await dispatcher.close();
});

afterAll(async () => {
  await fixture.close();
});

function startKeeper(listener: Partial<LeaseListener> = {}): LeaseKeeper {
  const keeper = dispatcher.get(LeaseKeeper);
  keeper.listen({ onAcquired: ignored, onLost: ignored, onSuspended: ignored, onResumed: ignored, ...listener });
  keeper.start();
  return keeper;
}

it('gives a lease back as soon as Postgres is there again, also when it was away at the release', async () => {
  let away = false;
  const database: Database = { query: (text, values) => (away ? Promise.reject(new Error('Connection terminated')) : databaseOf(fixture.pool).query(text, values)) };
  const { promise: claimed, resolve } = Promise.withResolvers<Lease>();
  dispatcher = await testModules(fixture.url, [LeasesModule], { env: LONG_TTL }).overrideProvider(databaseToken('leases')).useValue(database).compile();
  const keeper = startKeeper({ onAcquired: resolve });
  keeper.want([SHARD]);
  const lease = await claimed;
  const owner = async (): Promise<string | null | undefined> => (await fixture.pool.query<{ owner: string | null }>('select owner from shard_leases where shard = $1', [SHARD])).rows[0]?.owner;
  expect(await owner()).not.toBeNull();

  away = true;
  keeper.want([]);
  await expect(keeper.release(lease)).rejects.toThrow('Connection terminated');
  expect(await owner()).not.toBeNull();
  away = false;
  await waitUntil('the lease to be free', async () => (await owner()) === null);
  expect(keeper.lease(SHARD)).toBeUndefined();
});

it('notices that its deadline has passed while a renewal still waits for a Postgres that has gone silent', async () => {
  const url = new URL(fixture.url);
  const network = await TcpProxy.start(url.hostname, Number(url.port));
  [url.hostname, url.port] = ['127.0.0.1', String(network.port)];
  // A statement's own limit is a minute: no round ends while the network is dead.
  dispatcher = await testModules(url.href, [LeasesModule], { env: { LOCKSTEP_LEASE_TTL: '5s' } }).compile();
  const changes: string[] = [];
  const keeper = startKeeper({
    onAcquired: () => changes.push('claimed'),
    onSuspended: () => changes.push('doubted'),
    onResumed: () => changes.push('resumed'),
    onLost: () => changes.push('lost'),
  });
  try {
    keeper.want([SHARD + 1]);
    await waitUntil('the lease to be acquired', () => changes.length > 0);
    network.halfOpen();
    await waitUntil('the lease to be suspended', () => changes.includes('doubted'));
    network.restore();
    await waitUntil('the lease to be resumed', () => changes.includes('resumed'));
    expect(changes).toEqual(['claimed', 'doubted', 'resumed']);
  } finally {
    await network.stop();
  }
});

it('gives leases back and renews them, in any order, without a deadlock', async () => {
  // A plan that takes the rows in the order in which they are named.
  const pool = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 4, plans: 'by-index' });
  dispatcher = await testModules(fixture.url, [LeasesModule], { env: LONG_TTL }).overrideProvider(poolToken('leases')).useValue(pool).compile();
  const leases = dispatcher.get(LeasesRepository);
  startKeeper();
  const held = await Promise.all((await leases.watch()).filter(({ owner }) => owner === null).map(async (seen) => ({ shard: seen.shard, epoch: (await leases.acquire(seen)) ?? 0 })));
  expect(held.length).toBeGreaterThan(2);
  const backwards = [...held].reverse();
  // Postgres ends a deadlock by failing one of the two.
  for (let round = 0; round < 50; round++) {
    const renewed = await Promise.all([leases.renew(held), leases.renew(backwards), leases.renew(held), leases.renew(backwards)]);
    for (const shards of renewed) expect(shards).toHaveLength(held.length);
  }
  await Promise.all([leases.release(held), leases.release(backwards)]);
  expect((await leases.watch()).filter(({ owner }) => owner === null).map(({ shard }) => shard)).toEqual(expect.arrayContaining(held.map(({ shard }) => shard)));
  await pool.end();
});
