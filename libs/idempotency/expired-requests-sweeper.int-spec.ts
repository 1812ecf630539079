import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { captureLog } from '#dev/testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { claimOf, completed, Engine, requestOf } from './fixtures/engine.js';
import { ExpiredRequestsSweeper } from './expired-requests-sweeper.js';
import { storedBytes, storedRequests } from './idempotency.metrics.js';
import { measureRequests } from './measure-requests.queries.js';
import { databaseOf } from '#ground/postgres/pool';
import { WebhookPositions } from './webhook-positions.js';

let database: TestDatabase;
let engine: Engine;

beforeAll(async () => {
  database = await createTestDatabase();
  engine = new Engine(database.url);
});

afterAll(async () => {
  await engine.close();
  await database.drop();
});

it('deletes expired rows in batches, and no held or remembered ones', async () => {
  const { signal } = new AbortController();
  await engine.service.settle(claimOf(await engine.service.claim(requestOf('remembered'))), completed('done'));
  await engine.service.claim(requestOf('held'));
  await engine.pool.query(`
    insert into idempotent_requests (scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at)
    select 's', n::text, 'default', '', 'completed', n, gen_random_uuid(), false, now(), now(), now() - interval '1 second' from generate_series(1, 2500) n`);
  const positions = new WebhookPositions(databaseOf(engine.pool));
  await positions.advance({ tenant: 'default', scope: 's', lane: 'old', sequence: 7 }, -1);
  await positions.advance({ tenant: 'default', scope: 's', lane: 'new', sequence: 7 }, 60_000);
  expect(await new ExpiredRequestsSweeper(engine.pool, captureLog().logger).sweep(signal)).toBe(2_501);
  const { rows } = await engine.pool.query<{ name: string }>('select key as name from idempotent_requests union all select lane from webhook_positions order by 1');
  expect(rows.map(({ name }) => name)).toEqual(['held', 'new', 'remembered']);
});

it('does not wait for locks: a key that is being claimed again stays', async () => {
  const { signal } = new AbortController();
  await fill(3, '-1 second');
  const sweeper = new ExpiredRequestsSweeper(engine.pool, captureLog().logger);
  const other = await engine.pool.connect();
  try {
    await other.query("begin; select from idempotent_requests where ctid in (select min(ctid) from idempotent_requests where scope = 'filled') for update");
    expect(await sweeper.sweep(signal)).toBe(2);
    await other.query('commit');
  } finally {
    other.release();
  }
  expect(await sweeper.sweep(signal)).toBe(1);
});

/** Completed requests that expire after `expiresIn`. */
async function fill(count: number, expiresIn: string): Promise<void> {
  // Without the engine's limit: 100,000 rows take a second or more.
  const client = new pg.Client(database.url);
  await client.connect();
  await client.query(`
    insert into idempotent_requests (scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at)
    select 'filled', gen_random_uuid()::text, 'default', sha256(''), 'completed', n, gen_random_uuid(), false, now(), now(), now() + $2::interval from generate_series(1, $1::int) n`, [count, expiresIn]);
  await client.end();
}

describe('the number of stored requests', () => {
  const measured = async (): Promise<number> => {
    await new ExpiredRequestsSweeper(engine.pool, captureLog().logger).sweep(new AbortController().signal);
    const { values: [gauge] } = await storedRequests.get();
    return gauge?.value ?? NaN;
  };
  const stored = async (): Promise<number> => (await engine.pool.query<{ count: number }>('select count(*) from idempotent_requests')).rows[0]?.count ?? NaN;

  beforeEach(async () => {
    // Without statistics, as in a new installation.
    await engine.pool.query('truncate idempotent_requests; alter table idempotent_requests set (autovacuum_enabled = false)');
  });

  it('is exact before the first ANALYZE, and after most rows were deleted', async () => {
    expect(await measured()).toBe(0);
    for (const key of ['a', 'b', 'c']) await engine.service.claim(requestOf(key));
    expect(await measured()).toBe(3);
    await fill(5_000, '1 hour');
    expect(await measured()).toBe(5_003);
    await engine.pool.query("update idempotent_requests set expires_at = now() where scope = 'filled'");
    expect(await measured()).toBe(3);
    expect((await storedBytes.get()).values[0]?.value).toBeGreaterThan(100_000);
  });

  it('is estimated from a sample of a large table, without reading more than the sample', async () => {
    await fill(100_000, '1 hour');
    await engine.pool.query("delete from idempotent_requests where key < '2'");
    const [there, seen] = [await stored(), await measured()];
    expect(Math.abs(seen / there - 1)).toBeLessThan(0.2);
    const plan = await explainAnalyze(512);
    const { rows: [size] } = await engine.pool.query<{ pages: number }>("select pg_relation_size('idempotent_requests') / current_setting('block_size')::int as pages");
    expect(size?.pages).toBeGreaterThan(2_000);
    expect(Number(/Buffers: shared hit=(\d+)/.exec(plan)?.[1])).toBeLessThan(1_024);
  });

  /** The plan of the measurement with a sample of this many pages. */
  async function explainAnalyze(pages: number): Promise<string> {
    let plan = '';
    await measureRequests.run({ pages }, {
      query: async (text, values) => {
        const { rows } = await engine.pool.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`, values);
        plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        return { rows: [], rowCount: 0 };
      },
    });
    return plan;
  }
});

it('a webhook lane moves only forward, until its position has expired', async () => {
  const positions = new WebhookPositions(databaseOf(engine.pool));
  const take = async (sequence: number, retentionMs = 60_000): Promise<boolean> => {
    const position = { tenant: 'default', scope: 's', lane: 'lane', sequence };
    const isPassed = await positions.isPassed(position);
    await positions.advance(position, retentionMs);
    return !isPassed;
  };
  expect([await take(2), await take(2), await take(5), await take(4), await take(4), await take(5, -1), await take(1)]).toEqual([true, true, true, false, false, true, true]);
});
