import { randomInt } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import pg from 'pg';
import { register } from 'prom-client';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { EndpointLimits } from './endpoint-limits.js';
import { EndpointLimitsModule } from './endpoint-limits.module.js';
import type { EndpointTokens } from './endpoint-tokens.js';

let database: TestDatabase;
let store: pg.Client;
/** Two dispatchers. */
let dispatchers: readonly [TestingModule, TestingModule];
let endpoint: number;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
});

beforeEach(async () => {
  endpoint = randomInt(1, 1_000_000);
  dispatchers = [await testModules(database.url, [EndpointLimitsModule]).compile(), await testModules(database.url, [EndpointLimitsModule]).compile()];
  for (const dispatcher of dispatchers) dispatcher.get(EndpointLimits).start();
});

afterEach(async () => {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.get(EndpointLimits).stop()));
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
});

afterAll(async () => {
  await store.end();
  await database.drop();
});

/** Requests of a dispatcher that are sent when they get a token, and answered at once. */
class Requests {
  sent = 0;
  readonly tokens: EndpointTokens;

  constructor(dispatcher: TestingModule, perSecond: number, burst: number, public waiting: number) {
    this.tokens = dispatcher.get(EndpointLimits).of(endpoint, { perSecond, burst }, () => this.pump());
    this.pump();
  }

  pump(): void {
    while (this.waiting > 0) {
      const permit = this.tokens.take(this.waiting, this.waiting);
      if (permit === undefined) return;
      if (!permit.use()) continue;
      this.waiting -= 1;
      this.sent += 1;
    }
  }
}

interface Bucket {
  readonly tokens: number;
  readonly leases: Record<string, { tokens: number; waiting?: number }>;
}

async function bucket(): Promise<Bucket | undefined> {
  return (await store.query<Bucket>('select tokens, leases from token_buckets where id = $1', [`endpoint/${endpoint}`])).rows[0];
}

async function statements(): Promise<number> {
  return (await register.getSingleMetric('lockstep_rate_limit_statements_total')?.get())?.values[0]?.value ?? 0;
}

/** The dispatcher has no statement under way: an answer has come that says how long the bucket stays empty. */
const whenDry = (requests: Requests): Promise<unknown> => waitUntil('the bucket to be known as empty', () => requests.tokens.isAwaited && Number.isFinite(requests.tokens.lease.askInMs({ monotonicMs: performance.now(), wallMs: Date.now() })));

describe('the requests of two dispatchers to an endpoint with a rate limit', () => {
  it('get the burst once, and then wait without statements', async () => {
    const both = [new Requests(dispatchers[0], 0.01, 10, 8), new Requests(dispatchers[1], 0.01, 10, 8)] as const;
    await waitUntil('the burst', () => both[0].sent + both[1].sent === 10);
    await Promise.all(both.filter(({ waiting }) => waiting > 0).map(whenDry));
    await waitUntil('the uses to be reported', async () => Object.values((await bucket())?.leases ?? {}).every(({ tokens }) => tokens === 0));
    const before = await statements();
    for (let i = 0; i < 100; i++) both.forEach((requests) => requests.pump());
    expect(await statements()).toBe(before);
    expect(both[0].sent + both[1].sent).toBe(10);
    // Postgres knows who waits, and how many.
    const { tokens, leases } = (await bucket()) ?? { tokens: NaN, leases: {} };
    expect(tokens).toBeLessThan(1);
    expect(Object.values(leases).reduce((sum, { waiting = 0 }) => sum + waiting, 0)).toBe(6);
  });

  it('go on when the next token comes, of whichever dispatcher', async () => {
    const both = [new Requests(dispatchers[0], 50, 1, 5), new Requests(dispatchers[1], 50, 1, 5)] as const;
    await waitUntil('all of them', () => both.every(({ waiting }) => waiting === 0));
  });

  it('use a bucket of one token again as soon as its use is reported, with a statement each', async () => {
    const one = new Requests(dispatchers[0], 0.01, 1, 1);
    await waitUntil('the request', () => one.sent === 1);
    await waitUntil('the report', async () => Object.values((await bucket())?.leases ?? {}).every(({ tokens }) => tokens === 0));
    expect((await bucket())?.tokens).toBeLessThan(0.1);
  });

  it('hold a lower limit at once, and use more tokens under a higher one', async () => {
    const one = new Requests(dispatchers[0], 0.01, 100, 50);
    await waitUntil('all of them', () => one.waiting === 0);
    one.tokens.change({ bucket: `endpoint/${endpoint}`, perSecond: 0.01, burst: 10 });
    one.waiting = 30;
    one.pump();
    await whenDry(one);
    expect(one.sent).toBeLessThanOrEqual(60);
    one.tokens.change({ bucket: `endpoint/${endpoint}`, perSecond: 1_000, burst: 10 });
    one.pump();
    await waitUntil('the others', () => one.waiting === 0);
  });

  it('return tokens that were not used, when nothing waits any more and when the dispatcher stops', async () => {
    const one = new Requests(dispatchers[0], 0.01, 20, 1);
    await waitUntil('the request', () => one.sent === 1);
    // Nothing waits for these.
    (await waitUntil('a token', () => one.tokens.take(5, 5))).giveBack();
    await waitUntil('all returned', async () => ((await bucket())?.tokens ?? 0) >= 19, 5_000);
    await waitUntil('a token', () => one.tokens.take(5, 5));
    await dispatchers[0].get(EndpointLimits).stop();
    // The one that is reserved is lost, because its request may still be written.
    expect((await bucket())?.tokens).toBeGreaterThanOrEqual(18);
  });

  it('get a full bucket when its row was deleted', async () => {
    const one = new Requests(dispatchers[0], 0.01, 3, 5);
    await waitUntil('the burst', () => one.sent === 3);
    await store.query('delete from token_buckets where id = $1', [`endpoint/${endpoint}`]);
    one.tokens.change({ bucket: `endpoint/${endpoint}`, perSecond: 1, burst: 3 });
    one.pump();
    await waitUntil('the others', () => one.waiting === 0);
  });

  it('wait while Postgres does not answer, and go on when it does', async () => {
    const one = new Requests(dispatchers[0], 0.01, 10, 1);
    await waitUntil('the request', () => one.sent === 1);
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('select from token_buckets where id = $1 for update', [`endpoint/${endpoint}`]);
    const other = new Requests(dispatchers[1], 0.01, 10, 4);
    const { pid } = await waitUntil('the statement to wait', async () => (await store.query<{ pid: number }>("select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")).rows[0]);
    await store.query('select pg_terminate_backend($1)', [pid]);
    await blocker.end();
    expect(other.sent).toBe(0);
    await waitUntil('the others', () => other.waiting === 0, 10_000);
  });
});
