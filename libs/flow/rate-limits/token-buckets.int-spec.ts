import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { TokenBucketModel } from '#dev/testing/token-bucket-model';
import { waitUntil } from '#dev/testing/wait-until';
import { RateLimitsModule } from './rate-limits.module.js';
import { type BucketRequest, type LeaseAnswers, TokenBucketsRepository } from './token-buckets.repository.js';

let database: TestDatabase;
let store: pg.Client;
/** Two processes. */
let processes: readonly [TestingModule, TestingModule];
let one: TokenBucketsRepository;
let other: TokenBucketsRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  processes = [await testModules(database.url, [RateLimitsModule]).compile(), await testModules(database.url, [RateLimitsModule]).compile()];
  [one, other] = [processes[0].get(TokenBucketsRepository), processes[1].get(TokenBucketsRepository)];
});

afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await store.end();
  await database.drop();
});

/** A bucket of its own, which exists and is full. */
async function bucketOf(capacity: number, perSecond: number): Promise<BucketRequest> {
  const id = `key/${randomUUID()}`;
  await one.create([{ id, capacity }]);
  return { id, capacity, perSecond, held: 0, returned: 0, wanted: 0, waiting: 0, usedAgoMs: 0 };
}

/** Lets time pass for a bucket, or with a negative number sets the clock back. */
async function pass(id: string, ms: number): Promise<void> {
  await store.query(
    `update token_buckets set refilled_at = refilled_at - $2 * interval '1 millisecond',
       leases = (select coalesce(jsonb_object_agg(key, value || jsonb_build_object('until', (value ->> 'until')::float8 - $2 / 1000.0)
         || case when value ? 'claimUntil' then jsonb_build_object('claimUntil', (value ->> 'claimUntil')::float8 - $2 / 1000.0) else '{}' end), '{}') from jsonb_each(leases))
     where id = $1`,
    [id, ms],
  );
}

/** Whole tokens left in each bucket. */
function remainingOf(buckets: LeaseAnswers['buckets']): number[] {
  return buckets.map((bucket) => Math.floor(bucket?.remaining ?? NaN));
}

async function refilledAtMs(id: string): Promise<number> {
  const { rows } = await store.query<{ ms: string }>('select extract(epoch from refilled_at) * 1000 as ms from token_buckets where id = $1', [id]);
  return Number(rows[0]?.ms);
}

describe('the lease statement', () => {
  it('does what the model does, which the test of TokenLease drives', async () => {
    const limits = [{ capacity: 50, perSecond: 7 }, { capacity: 20, perSecond: 3 }];
    const step = fc.record({
      process: fc.nat({ max: 1 }), afterMs: fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 5_000 }), fc.integer({ min: -500, max: 0 })), limit: fc.nat({ max: 1 }),
      heldShare: fc.nat({ max: 100 }), returned: fc.nat({ max: 12 }), wanted: fc.nat({ max: 30 }), waiting: fc.oneof(fc.constant(0), fc.integer({ min: 30, max: 400 })), usedAgoMs: fc.nat({ max: 200 }), needs: fc.array(fc.nat({ max: 12 }), { maxLength: 3 }),
    });
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 20 }), async (steps) => {
      const bucket = await bucketOf(50, 7);
      let shiftedMs = 0;
      const model = new TokenBucketModel({ capacity: 50, perSecond: 7 }, await refilledAtMs(bucket.id));
      const held = [0, 0];
      for (const { process, afterMs, limit, heldShare, returned, wanted, waiting, usedAgoMs, needs } of steps) {
        shiftedMs += afterMs;
        await pass(bucket.id, afterMs);
        const repository = process === 0 ? one : other;
        const request = { held: Math.floor(((held[process] ?? 0) * heldShare) / 100), returned, wanted, waiting, usedAgoMs };
        const terms = limits[limit] ?? { capacity: 50, perSecond: 7 };
        const answer = await repository.lease([{ ...bucket, ...terms, ...request }], needs.map((need) => ({ need, buckets: [0] })));
        const expected = model.lease(repository.holder, terms, request, needs, (await refilledAtMs(bucket.id)) + shiftedMs);
        held[process] = model.leases.get(repository.holder)?.tokens ?? 0;
        expect({ granted: answer.granted, leased: answer.buckets[0]?.leased }).toEqual({ granted: expected.granted, leased: expected.leased });
        expect(answer.buckets[0]?.remaining).toBeCloseTo(expected.remaining, 3);
      }
    }), { numRuns: 6 });
  });

  it('takes tokens from both buckets of an ask or from none, in the order of the asks', async () => {
    const [key, otherKey, tenant] = [await bucketOf(3, 0.001), await bucketOf(10, 0.001), await bucketOf(8, 0.001)];
    const { buckets, granted } = await one.lease([key, otherKey, tenant], [
      { need: 2, buckets: [0, 2] },
      // The key has one token left. What it lacks is not taken from the tenant.
      { need: 5, buckets: [0, 2] },
      { need: 4, buckets: [1, 2] },
      { need: 3, buckets: [1, 2] },
      { need: 4, buckets: [1] },
      { need: 0, buckets: [2] },
    ]);
    expect(granted).toEqual([2, 1, 4, 1, 3, 0]);
    // The fourth ask got one of three tokens, because the tenant had no more.
    expect(remainingOf(buckets)).toEqual([0, 2, 0]);
  });

  it('gives nothing to an ask of which a bucket does not exist', async () => {
    const [bucket, absent] = [await bucketOf(5, 0.001), { ...(await bucketOf(5, 0.001)), id: 'key/absent' }];
    const { buckets, granted } = await one.lease([bucket, absent], [{ need: 1, buckets: [0, 1] }, { need: 1, buckets: [1, 0] }, { need: 1, buckets: [1] }, { need: 1, buckets: [0] }]);
    expect([0, 1, 2, 3].map((nth) => granted[nth] ?? 0)).toEqual([0, 0, 0, 1]);
    expect(remainingOf(buckets)).toEqual([4]);
  });

  it('takes the tokens of a bucket once, for asks that have it beside a smaller one and for asks that have it alone', async () => {
    const [key, tenant] = [await bucketOf(6, 0.001), await bucketOf(8, 0.001)];
    const mixed = await one.lease([key, tenant], [{ need: 3, buckets: [1] }, { need: 4, buckets: [0, 1] }, { need: 2, buckets: [1] }, { need: 1, buckets: [0, 1] }]);
    expect(mixed.granted).toEqual([3, 4, 1, 0]);
    expect(remainingOf(mixed.buckets)).toEqual([2, 0]);
    // The tenant's limit has just been set, or removed: some asks have the key's bucket alone.
    const [changedKey, changedTenant] = [await bucketOf(8, 0.001), await bucketOf(50, 0.001)];
    const changing = await one.lease([changedKey, changedTenant], [{ need: 5, buckets: [0] }, { need: 5, buckets: [0, 1] }, { need: 5, buckets: [0] }]);
    expect(changing.granted.reduce((sum, granted) => sum + granted, 0)).toBe(8);
    expect(remainingOf(changing.buckets)).toEqual([0, 50 - (changing.granted[1] ?? 0)]);
  });

  it('does for mixed asks what taking them one after the other does, and never fails', async () => {
    const ask = fc.record({ need: fc.nat({ max: 6 }), buckets: fc.constantFrom([0, 2], [1, 2], [2], [3]) });
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 4, maxLength: 4 }), fc.array(ask, { maxLength: 12 }), async (sizes, asks) => {
      const requests = await Promise.all(sizes.map((size) => bucketOf(size, 0.001)));
      const left = [...sizes];
      const expected = asks.map(({ need, buckets }) => {
        const taken = Math.min(need, ...buckets.map((place) => left[place] ?? 0));
        for (const place of buckets) left[place] = (left[place] ?? 0) - taken;
        return taken;
      });
      const { buckets, granted } = await one.lease(requests, asks);
      expect({ granted, left: remainingOf(buckets) }).toEqual({ granted: expected, left });
    }), { numRuns: 60 });
  });

  it('notes when the bucket will be full, as if what is leased had been used', async () => {
    const bucket = await bucketOf(100, 2);
    const secondsToFull = async (): Promise<number> => Number((await store.query<{ seconds: string }>('select extract(epoch from full_at - refilled_at) as seconds from token_buckets where id = $1', [bucket.id])).rows[0]?.seconds);
    expect(await secondsToFull()).toBe(0);
    await one.lease([{ ...bucket, wanted: 10 }], [{ need: 30, buckets: [0] }]);
    expect(await secondsToFull()).toBeCloseTo(20, 3);
    await one.lease([{ ...bucket, perSecond: 0.5, held: 10 }], []);
    expect(await secondsToFull()).toBeCloseTo(80, 0);
  });

  it('leases no more than half of a bucket to all processes, after what waits', async () => {
    const bucket = await bucketOf(100, 0.001);
    const first = await one.lease([{ ...bucket, wanted: 30 }], [{ need: 20, buckets: [0] }]);
    const second = await other.lease([{ ...bucket, wanted: 30 }], []);
    expect([first.buckets[0]?.leased, second.buckets[0]?.leased]).toEqual([30, 20]);
    // The first process has died: two seconds later Postgres no longer counts what it held.
    await pass(bucket.id, 2_100);
    const third = await other.lease([{ ...bucket, held: 20, wanted: 30 }], []);
    expect(third.buckets[0]?.leased).toBe(30);
  });

  it('refills from the last use on, once it is reported', async () => {
    const bucket = await bucketOf(1, 10);
    expect((await one.lease([{ ...bucket, wanted: 1, waiting: 1 }], [])).buckets[0]?.leased).toBe(1);
    await pass(bucket.id, 60);
    expect((await one.lease([{ ...bucket, usedAgoMs: 50 }], [])).buckets[0]?.remaining).toBeCloseTo(0.5, 1);
    // Without a report, Postgres has to assume that the token is still there.
    const unreported = await bucketOf(1, 10);
    await one.lease([{ ...unreported, wanted: 1, waiting: 1 }], []);
    await pass(unreported.id, 60);
    expect((await other.lease([unreported], [])).buckets[0]?.remaining).toBe(0);
  });

  it('leases all of a bucket to requests that wait, and leaves other processes their share', async () => {
    const bucket = await bucketOf(100, 0.001);
    const wait = async (process: TokenBucketsRepository, wanted: number, waiting: number): Promise<number | undefined> => (await process.lease([{ ...bucket, wanted, waiting }], [])).buckets[0]?.leased;
    /** As after a while in which all leased tokens were used, and that was reported. */
    const refill = (tokens: number): Promise<unknown> => store.query(
      `update token_buckets set tokens = $2, leases = (select jsonb_object_agg(key, value || '{"tokens": 0}') from jsonb_each(leases)) where id = $1`, [bucket.id, tokens]);
    // Both wait, and nothing is left.
    expect([await wait(one, 100, 300), await wait(other, 10, 100)]).toEqual([100, 0]);
    await refill(40);
    // The first had 100 for 300 that wait, the other nothing for 100: it is 33 behind.
    expect([await wait(one, 100, 300), await wait(other, 100, 100)]).toEqual([8, 32]);
    await refill(40);
    // Now it is not behind, and takes what the first one leaves.
    expect(await wait(other, 100, 100)).toBe(40);
    await refill(40);
    // What is leased ahead leaves all that others wait for.
    expect(await wait(one, 10, 0)).toBe(0);
  });

  it('continues at once when the clock of Postgres was set back, and gives no token for that', async () => {
    const bucket = await bucketOf(10, 2);
    await other.lease([{ ...bucket, wanted: 4 }], [{ need: 6, buckets: [0] }]);
    await pass(bucket.id, -3_600_000);
    expect((await one.lease([bucket], [{ need: 5, buckets: [0] }])).granted).toEqual([0]);
    await pass(bucket.id, 1_500);
    expect((await one.lease([bucket], [{ need: 5, buckets: [0] }])).granted).toEqual([3]);
    // The lease of before that hour ends two seconds after it was seen.
    await pass(bucket.id, 1_000);
    expect((await one.lease([{ ...bucket, wanted: 5 }], [{ need: 2, buckets: [0] }])).buckets[0]?.leased).toBe(0);
    await pass(bucket.id, 1_500);
    expect((await one.lease([{ ...bucket, wanted: 5 }], [])).buckets[0]?.leased).toBe(3);
  });

  it('does not wait for the disk, and neither leaves that setting to the next statement of its connection', async () => {
    await store.query(`
      create table commits (setting text);
      create function note_commit() returns trigger language plpgsql as $$begin insert into commits values (current_setting('synchronous_commit')); return null; end$$;
      create constraint trigger note_commit after insert or update on token_buckets deferrable initially deferred for each row execute function note_commit();
    `);
    try {
      const bucket = await bucketOf(10, 1);
      await one.lease([bucket], []);
      await one.create([{ ...bucket, id: `${bucket.id} next` }]);
      const { rows } = await store.query<{ setting: string }>('select setting from commits');
      expect(rows.map(({ setting }) => setting)).toEqual(['on', 'off', 'on']);
    } finally {
      await store.query('drop table commits; drop function note_commit cascade');
    }
  });

  it('counts time from when it has the row, not from when it began to wait for it', async () => {
    const bucket = await bucketOf(10, 1);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('select from token_buckets where id = $1 for update', [bucket.id]);
    const waiting = one.lease([bucket], []);
    await waitUntil('the statement to wait', async () => (await store.query("select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")).rowCount);
    const { rows } = await blocker.query<{ ms: string }>('update token_buckets set tokens = 0, refilled_at = clock_timestamp() where id = $1 returning extract(epoch from refilled_at) * 1000 as ms', [bucket.id]);
    await blocker.query('commit');
    await blocker.end();
    await waiting;
    // An earlier time would give the tokens of the wait twice.
    expect(await refilledAtMs(bucket.id)).toBeGreaterThanOrEqual(Number(rows[0]?.ms));
  });

  it('of two processes with the same buckets in opposite orders never ends in a deadlock', async () => {
    const buckets = await Promise.all(Array.from({ length: 8 }, () => bucketOf(1_000_000, 0.001)));
    const reversed = buckets.toReversed();
    const runs = [buckets, reversed].map(async (mine, i) => {
      for (let round = 0; round < 40; round++) await (i === 0 ? one : other).lease(mine, mine.map((_, place) => ({ need: 1, buckets: [place] })));
    });
    await Promise.all(runs);
    const { rows } = await store.query<{ tokens: number }>('select tokens from token_buckets where id = any($1)', [buckets.map(({ id }) => id)]);
    expect(rows.every(({ tokens }) => tokens <= 1_000_000 - 79)).toBe(true);
  });
});
