import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import type { ClaimOutcome } from './claim.js';
import { fuzz } from '#dev/testing/fuzz';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { claimOf, completed, Engine, fingerprint, newKey, requestOf } from './fixtures/engine.js';

let database: TestDatabase;
let one: Engine;
let other: Engine;

beforeAll(async () => {
  database = await createTestDatabase();
  // Two processes.
  one = new Engine(database.url);
  other = new Engine(database.url);
});

afterAll(async () => {
  await one.close();
  await other.close();
  await database.drop();
});

const kindsOf = (outcomes: readonly ClaimOutcome[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** Both know the key's lease, so that only the database's clock counts. */
async function passTime(key: string, ms: number): Promise<void> {
  await one.pool.query(
    "update idempotent_requests set lease_expires_at = lease_expires_at - $2 * interval '1 millisecond', expires_at = expires_at - $2 * interval '1 millisecond' where key = $1", [key, ms]);
}

describe('a key', () => {
  it('is claimed once by 1,000 concurrent requests in two processes; the others get in_flight, and later the answer', async () => {
    const key = newKey();
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? one : other).service.claim(requestOf(key))));
    expect(kindsOf(outcomes)).toEqual({ claimed: 1, in_flight: 999 });
    const claim = outcomes.flatMap((outcome) => (outcome.kind === 'claimed' ? [outcome.claim] : []))[0];
    expect(await one.service.settle(claim ?? claimOf({ kind: 'mismatch' }), completed('done'))).toBe('stored');
    const replays = await Promise.all(Array.from({ length: 1_000 }, (_, i) => (i % 2 === 0 ? one : other).service.claim(requestOf(key))));
    expect(kindsOf(replays)).toEqual({ replay: 1_000 });
    expect(replays[999]).toMatchObject({ response: { status: 201, headers: ['content-type', 'text/plain'], body: Buffer.from('done') } });
  });

  it('is not written when its answer is replayed', async () => {
    const key = newKey();
    await one.service.settle(claimOf(await one.service.claim(requestOf(key))), completed('done'));
    const version = async (): Promise<unknown> => (await one.pool.query('select r.xmin, r.xmax, r.ctid, f.last_value from idempotent_requests r, idempotency_fences f where r.key = $1', [key])).rows;
    const before = await version();
    expect(kindsOf(await Promise.all(Array.from({ length: 20 }, () => other.service.claim(requestOf(key)))))).toEqual({ replay: 20 });
    expect(await version()).toEqual(before);
  });

  it('is separate in each scope, and refused for a different request in any state', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    expect((await one.service.claim(requestOf(key, { scope: 'default - PUT /' }))).kind).toBe('claimed');
    const another = requestOf(key, { fingerprint: fingerprint('b'), takeover: 'safe' });
    expect((await other.service.claim(another)).kind).toBe('mismatch');
    await one.service.settle(claim, { state: 'failed' });
    expect((await other.service.claim(another)).kind).toBe('mismatch');
    expect((await other.service.claim(requestOf(key))).kind).toBe('claimed');
  });

  it('may occur several times in one batch, in every state, among other keys', async () => {
    const [fresh, done, failed, running] = [newKey(), newKey(), newKey(), newKey()];
    await one.service.settle(claimOf(await one.service.claim(requestOf(done))), completed('done'));
    await one.service.settle(claimOf(await one.service.claim(requestOf(failed))), { state: 'failed' });
    await one.service.claim(requestOf(running));
    const all = [fresh, done, failed, running].flatMap((key) => [requestOf(key), requestOf(key), requestOf(key, { fingerprint: fingerprint('b') })]);
    const outcomes = await Promise.all(all.map((keyed) => other.service.claim(keyed)));
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'claimed', 'in_flight', 'mismatch', 'replay', 'replay', 'mismatch', 'claimed', 'in_flight', 'mismatch', 'in_flight', 'in_flight', 'mismatch',
    ]);
    const fences = outcomes.flatMap((outcome) => (outcome.kind === 'claimed' ? [outcome.claim.fence] : []));
    expect(new Set(fences).size).toBe(2);
  });

  it('is found by its index, also with a plan from when the table was small: never by reading all unexpired rows', async () => {
    const fresh = await createTestDatabase();
    const observer = new pg.Client(fresh.url);
    await observer.connect();
    // Small and not analysed, as in the first seconds of an installation.
    await observer.query(`
      insert into idempotent_requests (scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at)
      select 's', n::text, 'default', '', 'completed', n, gen_random_uuid(), false, now(), now(), now() + interval '1 hour' from generate_series(1, 100) n`);
    const engine = new Engine(fresh.url);
    expect((await engine.service.claim(requestOf(newKey()))).kind).toBe('claimed');
    // Postgres reports the counts of a session at its end.
    await engine.close();
    await waitUntil('the counts', async () => (await observer.query("select from pg_stat_activity where datname = current_database() and application_name = 'test'")).rowCount === 0);
    const { rows } = await observer.query<{ scans: string }>("select idx_scan as scans from pg_stat_user_indexes where indexrelname = 'idempotent_requests_expires_at'");
    await observer.end();
    await fresh.drop();
    expect(rows).toEqual([{ scans: '0' }]);
  });

  it('that Postgres refuses fails without its neighbours', async () => {
    // Above the size limit of an index row.
    const poison = requestOf(newKey(), { scope: randomBytes(4_000).toString('hex') });
    const [refused, ...others] = await Promise.allSettled([poison, ...Array.from({ length: 9 }, () => requestOf(newKey()))].map((keyed) => one.service.claim(keyed)));
    expect(refused?.status).toBe('rejected');
    expect(others.map((result) => result.status === 'fulfilled' && result.value.kind)).toEqual(Array(9).fill('claimed'));
  });

  it('never deadlocks, in any order of the claimed keys', async () => {
    const keys = Array.from({ length: 40 }, newKey);
    for (let round = 0; round < 25; round++) {
      const claims = await Promise.all([one, other].map((engine, i) => Promise.all((i === 0 ? keys : keys.toReversed()).map((key) => engine.service.claim(requestOf(key))))));
      const held = claims.flat().flatMap((outcome) => (outcome.kind === 'claimed' ? [outcome.claim] : []));
      expect(held).toHaveLength(keys.length);
      const verdicts = await Promise.all(held.toSorted(() => Math.random() - 0.5).map((claim, i) => (i % 2 === 0 ? one : other).service.settle(claim, { state: 'failed' })));
      expect(new Set(verdicts)).toEqual(new Set(['stored']));
    }
  });
});

describe('an answer', () => {
  it('is replayed byte for byte, with any key, headers and body', async () => {
    const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)), minLength: 1, maxLength: 255 });
    const latin = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCodePoint(code)), maxLength: 40 });
    const answers = fc.record({ key: printable, status: fc.integer({ min: 200, max: 499 }), headers: fc.array(latin, { maxLength: 6 }), body: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)) });
    await fuzz(fc.uniqueArray(answers, { selector: ({ key }) => key, minLength: 1, maxLength: 20 }), async (batch) => {
      const scope = newKey();
      await Promise.all(batch.map(async ({ key, ...response }) => one.service.settle(claimOf(await one.service.claim(requestOf(key, { scope }))), { state: 'completed', ...response })));
      const replays = await Promise.all(batch.map(({ key }) => other.service.claim(requestOf(key, { scope }))));
      expect(replays.map((outcome) => outcome.kind === 'replay' && outcome.response)).toEqual(batch.map(({ status, headers, body }) => ({ status, headers, body })));
    }, { mostRuns: 60, searchMs: 3_000 });
  });

  it('of a megabyte is replayed too; a missing one is reported as not kept', async () => {
    const [large, larger] = [newKey(), newKey()];
    const body = randomBytes(1_048_576);
    await one.service.settle(claimOf(await one.service.claim(requestOf(large))), completed(body));
    await one.service.settle(claimOf(await one.service.claim(requestOf(larger))), { state: 'completed', status: 200, headers: [], body: undefined });
    const outcome = await other.service.claim(requestOf(large));
    expect(outcome.kind === 'replay' && outcome.response.body.equals(body)).toBe(true);
    expect(await other.service.claim(requestOf(larger))).toEqual({ kind: 'response_not_kept', status: 200 });
  });

  it('is stored, also if Postgres accepts it only at the fifth try, because of conflicts', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    // A sequence also counts rolled back transactions.
    await one.pool.query(`
      create sequence conflicts;
      create function conflict() returns trigger language plpgsql as $$ begin
        if new.status = 598 and nextval('conflicts') < 5 then raise exception 'conflict' using errcode = '40P01'; end if;
        return new;
      end $$;
      create trigger conflict before update on idempotent_requests for each row execute function conflict()`);
    expect(await one.service.settle(claim, completed('done', 598))).toBe('stored');
    expect((await other.service.claim(requestOf(key))).kind).toBe('replay');
  });

  it('that Postgres refuses for good is logged', async () => {
    const claim = claimOf(await one.service.claim(requestOf(newKey())));
    await one.pool.query('alter table idempotent_requests add constraint not_599 check (status <> 599)');
    await expect(one.service.settle(claim, completed('done', 599))).rejects.toMatchObject({ code: '23514' });
    expect(one.log.lines).toEqual([expect.objectContaining({ msg: expect.stringContaining('could not be stored') })]);
  });

  it('may be stored twice; the first one stays', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    expect(await Promise.all([one.service.settle(claim, completed('first')), one.service.settle(claim, completed('first'))])).toEqual(['stored', 'stored']);
    expect(await one.service.settle(claim, { state: 'failed' })).toBe('stored');
    expect(await other.service.claim(requestOf(key))).toMatchObject({ kind: 'replay', response: { body: Buffer.from('first') } });
  });

  it('reaches requests that prefer to wait, in this process and in another one', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    const { signal } = new AbortController();
    const waiting = [one, other].map((engine) => engine.service.claim(requestOf(key), { waitMs: 10_000, signal }));
    const impatient = await other.service.claim(requestOf(key), { waitMs: 100, signal });
    expect(impatient.kind).toBe('in_flight');
    await one.service.settle(claim, completed('at last'));
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['replay', 'replay']);
  });

  it('lets one of the waiting requests try again when the first one failed', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    const { signal } = new AbortController();
    const waiting = [one, one, other].map((engine) => engine.service.claim(requestOf(key), { waitMs: 400, signal }));
    await one.service.settle(claim, { state: 'failed' });
    expect(kindsOf(await Promise.all(waiting))).toEqual({ claimed: 1, in_flight: 2 });
  });
});

describe('a lease', () => {
  it('is renewed while the work lasts: 45 s of work with a lease of 30 s, a hundred times as fast', async () => {
    const worker = new Engine(database.url, 300);
    const key = newKey();
    const keyed = requestOf(key, { leaseMs: 300 });
    const claim = claimOf(await worker.service.claim(keyed));
    const doneAtMs = performance.now() + 450;
    const seen = new Set<string>();
    while (performance.now() < doneAtMs) seen.add((await other.service.claim(keyed)).kind);
    await worker.service.settle(claim, completed('done'));
    expect([...seen]).toEqual(['in_flight']);
    expect((await other.service.claim(keyed)).kind).toBe('replay');
    await worker.close();
  });

  it('that is shorter than the usual one is renewed in time too', async () => {
    const keyed = requestOf(newKey(), { leaseMs: 300 });
    // Renews every 10 s by its options. Not `one`, which would renew all its leases more often from now on.
    const worker = new Engine(database.url);
    const claim = claimOf(await worker.service.claim(keyed));
    const doneAtMs = performance.now() + 600;
    const seen = new Set<string>();
    while (performance.now() < doneAtMs) seen.add((await other.service.claim(keyed)).kind);
    await worker.service.settle(claim, completed('done'));
    expect([...seen]).toEqual(['in_flight']);
    await worker.close();
  });

  it('that expired leaves the request indeterminate, until its holder settles', async () => {
    const key = newKey();
    const claim = claimOf(await one.service.claim(requestOf(key)));
    await passTime(key, 30_001);
    expect(await other.service.claim(requestOf(key))).toEqual({ kind: 'indeterminate' });
    expect(await one.service.settle(claim, completed('after all'))).toBe('stored');
    expect((await other.service.claim(requestOf(key))).kind).toBe('replay');
  });

  it('that expired is taken over where that is safe, with a higher fence; the old holder stores nothing', async () => {
    const key = newKey();
    const keyed = requestOf(key, { takeover: 'safe' });
    const paused = claimOf(await one.service.claim(keyed));
    expect((await other.service.claim(keyed)).kind).toBe('in_flight');
    await passTime(key, 30_001);
    const taken = await other.service.claim(keyed);
    expect(taken).toMatchObject({ kind: 'claimed', takeover: true });
    expect(claimOf(taken).fence).toBeGreaterThan(paused.fence);
    expect(await one.service.settle(paused, completed('from the past'))).toBe('superseded');
    expect(await other.service.settle(claimOf(taken), completed('from the successor'))).toBe('stored');
    expect(await one.service.settle(paused, { state: 'failed' })).toBe('superseded');
    expect(await one.service.claim(keyed)).toMatchObject({ kind: 'replay', response: { body: Buffer.from('from the successor') } });
  });

  it('ends at once when the holder settles as indeterminate', async () => {
    const [never, safe] = [requestOf(newKey()), requestOf(newKey(), { takeover: 'safe' })];
    for (const keyed of [never, safe]) await one.service.settle(claimOf(await one.service.claim(keyed)), { state: 'indeterminate' });
    expect((await other.service.claim(never)).kind).toBe('indeterminate');
    expect(await other.service.claim(safe)).toMatchObject({ kind: 'claimed', takeover: true });
  });
});

describe('a retention', () => {
  it('that has passed frees the key, with a higher fence, also after its row was deleted', async () => {
    const key = newKey();
    const fences: number[] = [];
    for (const remove of [false, true, false]) {
      const claim = claimOf(await one.service.claim(requestOf(key, { fingerprint: fingerprint(String(fences.length)), retentionMs: 1_000 })));
      fences.push(claim.fence);
      await one.service.settle(claim, completed('done'));
      await passTime(key, 1_001);
      if (remove) await one.pool.query('delete from idempotent_requests where key = $1', [key]);
    }
    expect(fences).toEqual(fences.toSorted((a, b) => a - b));
    expect(new Set(fences).size).toBe(3);
  });

  it('begins at the end of the work', async () => {
    const worker = new Engine(database.url, 150);
    const key = newKey();
    const keyed = requestOf(key, { leaseMs: 150, retentionMs: 1 });
    const claim = claimOf(await worker.service.claim(keyed));
    const { rows: [before] } = await one.pool.query<{ expires_at: Date }>('select expires_at from idempotent_requests where key = $1', [key]);
    await waitUntil('a renewal', async () => {
      const { rows: [now] } = await one.pool.query<{ expires_at: Date }>('select expires_at from idempotent_requests where key = $1', [key]);
      return (now?.expires_at ?? 0) > (before?.expires_at ?? 0);
    });
    expect((await other.service.claim(keyed)).kind).toBe('in_flight');
    await worker.service.settle(claim, completed('done'));
    await worker.close();
  });
});
