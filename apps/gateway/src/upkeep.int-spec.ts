import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { GatewayClient } from '#dev/testing/gateway-client';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.js';

let database: TestDatabase;
let store: pg.Client;
let gateway: GatewayUnderTest;
let client: GatewayClient;

/** Starts a gateway with an expired key, an overdue day, and partitions that can't be made for tomorrow. */
beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  await store.query("insert into idempotency_keys (tenant, key, fingerprint, event_id, expires_at) values ('default', 'expired', '', gen_random_uuid(), now())");
  await store.query("select ensure_partitions(date '2026-01-02')");
  await store.query("do $$ begin execute format('alter table events detach partition events_%s', to_char((now() at time zone 'utc')::date + 1, 'YYYYMMDD')); end $$");
  gateway = await GatewayUnderTest.start(database.url);
  ({ client } = gateway);
});

afterAll(async () => {
  await gateway.stop();
  await store.end();
  await database.drop();
});

describe('a gateway', () => {
  it('deletes expired idempotency keys', () =>
    waitUntil('the deletion of the key', async () => (await store.query('select from idempotency_keys')).rowCount === 0));

  it('drops days after their retention', () =>
    waitUntil('the drop of the day', async () => (await store.query("select from retired_days where day = '2026-01-02' and dropped_at is not null")).rowCount === 1));

  it('is ready, and reports that events will be refused tomorrow', async () => {
    expect(await client.get('/health/ready')).toMatchObject({
      status: 200, json: { details: { partitions: { status: 'degraded', message: expect.stringMatching(/the partitions end at .*T00:00:00.000Z: events are refused from then on/) as unknown } } },
    });
    expect((await client.post('today')).status).toBe(202);
    const { text } = await client.get('/metrics');
    expect(Number(/^lockstep_partitions_ahead_seconds (\S+)/m.exec(text)?.[1])).toBeLessThanOrEqual(86_400);
    expect(text).toMatch(/^lockstep_partition_failures_total [1-9]/m);
  });
});
