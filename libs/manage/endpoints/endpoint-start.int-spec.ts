import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { newEndpointSchema } from './endpoint.schema.js';
import { EndpointsModule } from './endpoints.module.js';
import { EndpointsService } from './endpoints.service.js';

const HOUR_MS = 3_600_000;

let fixture: ShardFixture;
let gateway: TestingModule;
let endpoints: EndpointsService;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [EndpointsModule], { env: { LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' } }).compile();
  endpoints = gateway.get(EndpointsService);
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, catch_ups, catch_up_shards');
});

const create = (startAt: string) => endpoints.create(TEST_PRINCIPAL, newEndpointSchema.parse({ url: 'http://127.0.0.1:9/', startAt }));

it('begins with new events, or with those that are kept from a time on, and says how far it is', async () => {
  const acceptedAt = new Date(Date.now() - HOUR_MS);
  await fixture.accept([{ shard: 1, entity: 'a' }, { shard: 2, entity: 'b' }], acceptedAt);
  expect((await create('now')).catchUp).toBeNull();
  const earliest = await create('earliest');
  expect(earliest.catchUp).toEqual({
    from: acceptedAt.toISOString(), state: 'running', routed: 0, remaining: expect.any(Number), position: acceptedAt.toISOString(),
    startedAt: expect.any(String), finishedAt: null,
  });
  // Before what is kept: the same. `from` says it.
  expect((await create('2020-01-01T00:00:00+02:00')).catchUp?.from).toBe(acceptedAt.toISOString());
  const since = new Date(Date.now() - HOUR_MS / 2).toISOString();
  const later = await create(since);
  expect(later.catchUp?.from).toBe(since);
  expect((await endpoints.list('default', { limit: 10, cursor: undefined })).data.map(({ catchUp }) => catchUp?.from)).toEqual([since, acceptedAt.toISOString(), acceptedAt.toISOString(), undefined]);

  await fixture.pool.query('update catch_up_shards set finished_at = now(), examined = 5, routed = 2');
  await fixture.pool.query('update catch_ups set open_shards = 0, finished_at = now()');
  expect((await endpoints.get('default', earliest.id)).catchUp).toMatchObject({ state: 'done', routed: 8, remaining: 0, finishedAt: expect.any(String) });
});

it.each([
  ['an offset that Postgres does not know', '2020-01-01T00:00:00+23:59'],
  ['more digits than Postgres reads', `2020-01-01T00:00:00.${'1'.repeat(200)}Z`],
  ['the first moment', '0001-01-01T00:00:00Z'],
])('takes a time with %s', async (_what, startAt) => {
  expect((await create(startAt)).catchUp).toMatchObject({ state: 'running' });
});

it('allows a tenant ten endpoints that are catching up, and any number that have ended', async () => {
  for (let n = 0; n < 10; n++) await create('earliest');
  await expect(create('earliest')).rejects.toMatchObject({ code: 'conflict' });
  expect((await create('now')).catchUp).toBeNull();
  await fixture.pool.query('update catch_ups set finished_at = now() where endpoint = (select min(endpoint) from catch_ups)');
  expect((await create('earliest')).catchUp).toMatchObject({ state: 'running' });
  await expect(create('earliest')).rejects.toMatchObject({ code: 'conflict' });
  const deleted = (await endpoints.list('default', { limit: 1, cursor: undefined })).data[0]?.id ?? '';
  await endpoints.delete(TEST_PRINCIPAL, deleted);
  expect((await create('earliest')).catchUp).toMatchObject({ state: 'running' });
});
