import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { register } from 'prom-client';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { type IngestLimit, type Principal, USUAL_INGEST } from '#ground/http/principal';
import { IngestLimits } from './ingest-limits.js';
import { RateLimitsModule } from './rate-limits.module.js';

let database: TestDatabase;
let store: pg.Client;
/** Two gateways. */
let gateways: readonly [TestingModule, TestingModule];
let one: IngestLimits;
let other: IngestLimits;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
});

beforeEach(async () => {
  gateways = [await testModules(database.url, [RateLimitsModule]).compile(), await testModules(database.url, [RateLimitsModule]).compile()];
  [one, other] = [gateways[0].get(IngestLimits), gateways[1].get(IngestLimits)];
  one.start();
  other.start();
});

afterEach(async () => {
  await Promise.all([one.stop(), other.stop()]);
  await Promise.all(gateways.map((gateway) => gateway.close()));
});

afterAll(async () => {
  await store.end();
  await database.drop();
});

function limitOf(kind: string, perSecond: number, burst: number): IngestLimit {
  return { bucket: `${kind}/${randomUUID()}`, perSecond, burst };
}

function principalOf(...limits: IngestLimit[]): Principal {
  return { tenant: 'default', actor: { type: 'key', id: 'key_1', name: 'Test' }, scopes: new Set(['ingest']), ingest: { ...USUAL_INGEST, limits } };
}

async function grantedOf(limits: IngestLimits, principal: Principal, count = 1): Promise<number> {
  return (await limits.take(principal, count, 0)).granted;
}

async function sumOf(limits: IngestLimits, principal: Principal, takes: number): Promise<number> {
  const granted = await Promise.all(Array.from({ length: takes }, () => grantedOf(limits, principal)));
  return granted.reduce((sum, each) => sum + each, 0);
}

async function bucketIn({ bucket }: IngestLimit): Promise<{ tokens: number; leases: Record<string, { tokens: number }> } | undefined> {
  return (await store.query<{ tokens: number; leases: Record<string, { tokens: number }> }>('select tokens, leases from token_buckets where id = $1', [bucket])).rows[0];
}

async function statements(): Promise<number> {
  return (await register.getSingleMetric('lockstep_rate_limit_statements_total')?.get())?.values[0]?.value ?? 0;
}

describe('IngestLimits', () => {
  it('answers a principal without limits at once', () => {
    expect(one.take(principalOf(), 1_000, 0)).toMatchObject({ granted: Infinity, limits: [] });
  });

  it('gives the burst once to all gateways, then refuses without asking Postgres', async () => {
    const principal = principalOf(limitOf('key', 0.01, 100));
    const granted = await Promise.all([sumOf(one, principal, 80), sumOf(other, principal, 80)]);
    expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBe(100);
    await Promise.all([sumOf(one, principal, 1), sumOf(other, principal, 1)]);
    const before = await statements();
    for (let i = 0; i < 1_000; i++) expect(one.take(principal, 1, 0)).toMatchObject({ granted: 0, limits: [{ remaining: 0 }] });
    expect(await statements()).toBe(before);
  });

  it('gives the first events of a batch what there is', async () => {
    const principal = principalOf(limitOf('key', 0.01, 60));
    expect([await grantedOf(one, principal, 40), await grantedOf(other, principal, 40), await grantedOf(one, principal, 40)]).toEqual([40, 20, 0]);
  });

  it('takes from key and tenant, or from neither', async () => {
    const [tenant, small, large] = [limitOf('tenant', 0.01, 10), limitOf('key', 0.01, 2), limitOf('key', 0.01, 50)];
    expect(await sumOf(one, principalOf(small, tenant), 30)).toBe(2);
    expect((await bucketIn(tenant))?.tokens).toBeCloseTo(8, 1);
    expect(await sumOf(one, principalOf(large, tenant), 30)).toBe(8);
    const left = await bucketIn(large);
    expect((left?.tokens ?? 0) + Object.values(left?.leases ?? {}).reduce((sum, { tokens }) => sum + tokens, 0)).toBeCloseTo(42, 1);
    expect(await one.take(principalOf(large, tenant), 1, 0)).toMatchObject({ granted: 0, limits: [{ limit: large }, { limit: tenant, remaining: 0 }] });
  });

  it('takes from a tenant, for its keys with a limit and those without, in statements that succeed', async () => {
    const [tenant, key] = [limitOf('tenant', 0.01, 60), limitOf('key', 0.01, 1_000)];
    await grantedOf(one, principalOf(key, tenant));
    const before = await statements();
    const granted = await Promise.all([sumOf(one, principalOf(key, tenant), 50), sumOf(one, principalOf(tenant), 50)]);
    expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBe(59);
    // A statement that Postgres refuses is sent again in halves.
    expect(await statements()).toBe(before + 1);
  });

  it('leases ahead, so that most events wait for no statement, and returns what it does not use', async () => {
    const limit = limitOf('key', 1_000, 1_000);
    const principal = principalOf(limit);
    let waited = 0;
    for (let i = 0; i < 500; i++) {
      const taken = one.take(principal, 1, 0);
      if (taken instanceof Promise) waited++;
      expect((await taken).granted).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(waited).toBeLessThan(250);
    await waitUntil('the leased tokens to be returned', async () => Object.keys((await bucketIn(limit))?.leases ?? {}).length === 0, 5_000);
  });

  it('holds a lower limit at once', async () => {
    const limit = limitOf('key', 0.01, 1_000);
    expect(await sumOf(one, principalOf(limit), 50)).toBe(50);
    const lowered = principalOf({ ...limit, burst: 10 });
    const granted = await Promise.all([sumOf(one, lowered, 30), sumOf(other, lowered, 30)]);
    expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBeLessThanOrEqual(10);
  });

  it('creates a bucket again whose row was lost, and then asks it', async () => {
    const [key, tenant] = [limitOf('key', 0.01, 3), limitOf('tenant', 0.01, 1_000)];
    const principal = principalOf(key, tenant);
    // The second time leases ahead from the tenant.
    expect([await sumOf(one, principalOf(tenant), 50), await grantedOf(one, principal)]).toEqual([50, 1]);
    await store.query('delete from token_buckets where id = any($1)', [[key.bucket, tenant.bucket]]);
    expect(await sumOf(one, principal, 4)).toBe(3);
    expect((await bucketIn(key))?.tokens).toBeCloseTo(0, 1);
    await store.query('delete from token_buckets where id = $1', [tenant.bucket]);
    expect(await grantedOf(one, principalOf(tenant), 1_000)).toBeGreaterThanOrEqual(750);
    expect(await grantedOf(other, principalOf(tenant), 1_000)).toBeLessThanOrEqual(250);
  });

  it('returns what it holds when it stops', async () => {
    const limit = limitOf('key', 0.01, 1_000);
    expect(await sumOf(one, principalOf(limit), 50)).toBe(50);
    // The second statement leases ahead.
    await grantedOf(one, principalOf(limit));
    await one.stop();
    expect((await bucketIn(limit))?.leases).toEqual({});
    expect((await bucketIn(limit))?.tokens).toBeCloseTo(949, 0);
  });

  it('fails what waits when Postgres does not answer, and gives no token twice for that', async () => {
    const limit = limitOf('key', 0.01, 100);
    const principal = principalOf(limit);
    await grantedOf(one, principal);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('select from token_buckets where id = $1 for update', [limit.bucket]);
    const failing = sumOf(other, principal, 40).then(() => undefined, (error: unknown) => error);
    const { pid } = await waitUntil('the statement to wait', async () => (await store.query<{ pid: number }>("select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")).rows[0]);
    await store.query('select pg_terminate_backend($1)', [pid]);
    expect(await failing).toMatchObject({ code: 'store_unavailable' });
    await blocker.end();
    const granted = await Promise.all([sumOf(one, principal, 100), sumOf(other, principal, 100)]);
    expect((granted[0] ?? 0) + (granted[1] ?? 0)).toBe(99);
  });
});
