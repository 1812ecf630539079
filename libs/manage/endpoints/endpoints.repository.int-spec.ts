import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_BY } from '#dev/testing/test-principal';
import type { IChangeEndpointParams } from './change-endpoint.queries.js';
import { EndpointsModule } from './endpoints.module.js';
import { EndpointsRepository, MAX_ENDPOINTS } from './endpoints.repository.js';

const URLS = ['http://127.0.0.1:9/a', 'http://127.0.0.1:9/b'] as const;

let fixture: ShardFixture;
let gateway: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [EndpointsModule]).compile();
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

it('creates endpoints up to the limit of a tenant, deleted ones not counted, and none beyond', async () => {
  const repository = gateway.get(EndpointsRepository);
  const create = (): Promise<number | undefined> => repository.create({
    publicId: mintId(), tenant: 'default', url: 'http://127.0.0.1:9/', description: '', eventTypes: ['*'], ordering: 'entity', dlqPolicy: 'continue', timeoutMs: 1_000,
    maxConcurrency: 1, maxRetryAfterSeconds: 1, metadata: '{}', secretCiphertext: Buffer.from('secret'), by: TEST_BY, subject: 'ep_test',
  });
  await fixture.pool.query("insert into endpoints (public_id, tenant, url) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/' from generate_series(1, $1::integer)", [MAX_ENDPOINTS - 1]);
  expect([await create(), await create()]).toEqual([expect.any(Number), undefined]);
  await fixture.pool.query('update endpoints set deleted_at = now() where id = (select min(id) from endpoints)');
  expect([await create(), await create()]).toEqual([expect.any(Number), undefined]);
});

it('tells another endpoint of the same source with the URL from what else breaks a constraint', async () => {
  const repository = gateway.get(EndpointsRepository);
  const { rows } = await fixture.pool.query<{ publicId: string }>(
    `with source as (insert into sources (public_id, tenant, name, provider) values (gen_random_uuid(), 'default', 'a', 'kafka') returning id)
     insert into endpoints (public_id, tenant, url, destination_of) select gen_random_uuid(), 'default', url, source.id from source, unnest($1::text[]) as url
     returning public_id as "publicId"`, [URLS]);
  const change = (changes: Partial<IChangeEndpointParams>): Promise<unknown> => repository.change({
    publicId: rows[0]?.publicId ?? '', tenant: 'default', by: TEST_BY, subject: 'ep_test', settings: [], overlapMs: 0,
    setsRetrySchedule: false, setsRateLimit: false, setsDisableAfter: false, setsAuth: false, setsSecret: false, setsFilter: false, setsHeaders: false, ...changes,
  });
  expect(await change({ url: URLS[1] })).toBe('duplicate');
  expect(await change({ url: URLS[0] })).toBe('changed');
  await expect(change({ setsRateLimit: true, perSecond: 1 })).rejects.toMatchObject({ code: '23514' });
});
