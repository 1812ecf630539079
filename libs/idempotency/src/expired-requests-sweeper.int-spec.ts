import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { captureLog } from '#testing/log-capture';
import { createTestDatabase, type TestDatabase } from '#testing/test-database';
import { claimOf, completed, Engine, offerOf } from '../fixtures/engine.js';
import { expiredRequestsSweeper } from './expired-requests-sweeper.js';
import { databaseOf } from '#postgres/pool';
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

it('deletes what is expired, in batches, and nothing that is held or remembered', async () => {
  const { signal } = new AbortController();
  await engine.service.settle(claimOf(await engine.service.claim(offerOf('remembered'))), completed('done'));
  await engine.service.claim(offerOf('held'));
  await engine.pool.query(`
    insert into idempotent_requests (scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at)
    select 's', n::text, 'default', '', 'completed', n, gen_random_uuid(), false, now(), now(), now() - interval '1 second' from generate_series(1, 2500) n`);
  const positions = new WebhookPositions(databaseOf(engine.pool));
  await positions.advance({ tenant: 'default', scope: 's', lane: 'old', sequence: 7 }, -1);
  await positions.advance({ tenant: 'default', scope: 's', lane: 'new', sequence: 7 }, 60_000);
  expect(await expiredRequestsSweeper(engine.pool, captureLog().logger).sweep(signal)).toBe(2_501);
  const { rows } = await engine.pool.query<{ name: string }>('select key as name from idempotent_requests union all select lane from webhook_positions order by 1');
  expect(rows.map(({ name }) => name)).toEqual(['held', 'new', 'remembered']);
});

it('a webhook lane only moves on, and from anywhere once its position is expired', async () => {
  const positions = new WebhookPositions(databaseOf(engine.pool));
  const take = async (sequence: number, retentionMs = 60_000): Promise<boolean> => {
    const position = { tenant: 'default', scope: 's', lane: 'lane', sequence };
    const isPassed = await positions.isPassed(position);
    await positions.advance(position, retentionMs);
    return !isPassed;
  };
  expect([await take(2), await take(2), await take(5), await take(4), await take(4), await take(5, -1), await take(1)]).toEqual([true, true, true, false, false, true, true]);
});
