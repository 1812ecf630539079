import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_BY } from '#dev/testing/test-principal';
import { EndpointsModule } from './endpoints.module.js';
import { EndpointsRepository, MAX_ENDPOINTS } from './endpoints.repository.js';

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
