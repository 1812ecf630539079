import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import fc from 'fast-check';
import { BreakerModel } from '#dev/testing/breaker-model';
import { createShardFixture, SHARDS, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { type AttemptEnd, type BreakerState, NEVER_FAILED, type SharedBreaker } from '#domain/breaker';
import { LeaseKeeper } from '#flow/leases/lease-keeper';
import { BreakersModule } from './breakers.module.js';
import { BreakersRepository, NOTHING_READ } from './breakers.repository.js';
import { EndpointBreakers } from './endpoint-breakers.js';

const TARGET = { maxConcurrency: 64, timeoutMs: 15_000 };
const BUCKET_MS = 30_000;

let fixture: ShardFixture;
/** Two dispatchers, each with a shard. */
let dispatchers: readonly TestingModule[];
let one: EndpointBreakers;
let other: EndpointBreakers;
let endpoint: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  await fixture.createEndpoint({ eventTypes: ['lockstep.*'] });
});

beforeEach(async () => {
  endpoint = await fixture.createEndpoint();
  dispatchers = await Promise.all([1, 2].map(() => testModules(fixture.url, [BreakersModule]).compile()));
  [one, other] = dispatchers.map((dispatcher) => dispatcher.get(EndpointBreakers)) as [EndpointBreakers, EndpointBreakers];
  for (const [shard, dispatcher] of dispatchers.entries()) {
    await fixture.pool.query("update shard_leases set owner = $2, expires_at = now() + interval '1 hour' where shard = $1", [shard, dispatcher.get(LeaseKeeper).owner]);
  }
  for (const breakers of [one, other]) breakers.serve({ hasReady: (asked) => asked === endpoint, breakerChanged: () => undefined });
});

afterEach(async () => {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
});

afterAll(async () => {
  await fixture.close();
});

function end(breakers: EndpointBreakers, times: number, sign: AttemptEnd['sign'], retryAfterMs = 0): void {
  const breaker = breakers.of(endpoint);
  for (let i = 0; i < times; i++) breaker.end(breaker.begin(), { sign, retryAfterMs }, TARGET.maxConcurrency);
}

/** Lets time pass for the breaker: without a change of the window if it is less than half a minute. */
async function pass(ms: number, of = endpoint): Promise<void> {
  await fixture.pool.query(
    `update endpoint_breakers
     set since = since - $2 * interval '1 ms', probe_at = probe_at - $2 * interval '1 ms', failed_at = failed_at - $2 * interval '1 ms',
       claimed_at = claimed_at - $2 * interval '1 ms', retry_at = retry_at - $2 * interval '1 ms', undelivered_since = undelivered_since - $2 * interval '1 ms', bucket = bucket - $3
     where endpoint = $1`,
    [of, ms, Math.floor(ms / BUCKET_MS)],
  );
}

async function rowOf(of = endpoint): Promise<{ state: BreakerState; version: number; openings: number; undelivered: boolean; probe_in_ms: number } | undefined> {
  const { rows } = await fixture.pool.query<{ state: BreakerState; version: number; openings: number; undelivered: boolean; probe_in_ms: number }>(
    "select state, version, openings, undelivered_since is not null as undelivered, extract(epoch from probe_at - now())::float8 * 1000 as probe_in_ms from endpoint_breakers where endpoint = $1", [of]);
  return rows[0];
}

async function audited(): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ action: string }>(
    "select action from audit_log a join endpoints p on a.subject = 'ep_' || replace(p.public_id::text, '-', '') where p.id = $1 and a.actor = 'system' order by a.id", [endpoint]);
  return rows.map(({ action }) => action);
}

/** The operational events about the endpoint. */
async function told(): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const { rows } = await fixture.pool.query<{ type: string; data: Record<string, unknown> }>(
    "select o.type, o.data - 'endpoint' as data from operational_events o join endpoints p on o.entity = 'ep_' || replace(p.public_id::text, '-', '') where p.id = $1 order by o.id", [endpoint]);
  return rows;
}

const states = (): BreakerState[] => [one.of(endpoint).state, other.of(endpoint).state];
const bothRounds = async (): Promise<void> => {
  await one.round();
  await other.round();
};

/** Both dispatchers know that the breaker is open. */
async function open(): Promise<void> {
  end(one, 20, 'failed');
  await one.round();
  await pass(1_000);
  await bothRounds();
}

/** … and one of them has claimed the probe. */
async function claimed(): Promise<{ prober: EndpointBreakers; idle: EndpointBreakers }> {
  await open();
  await pass(2_000);
  await Promise.all([one.round(), other.round()]);
  await bothRounds();
  const probers = [one, other].filter((breakers) => breakers.of(endpoint).allows(0, TARGET, performance.now()));
  expect([states(), probers.length]).toEqual([['half-open', 'half-open'], 1]);
  return probers[0] === one ? { prober: one, idle: other } : { prober: other, idle: one };
}

describe('two dispatchers', () => {
  it('open a breaker together, by what neither of them saw alone', async () => {
    end(one, 12, 'failed');
    end(other, 12, 'failed');
    await bothRounds();
    await pass(1_000);
    expect(states()).toEqual(['closed', 'closed']);
    await bothRounds();
    await one.round();
    expect(states()).toEqual(['open', 'open']);
    expect(await audited()).toEqual(['breaker.opened']);
  });

  it('do not open it while one of them sees the endpoint work', async () => {
    end(one, 30, 'failed');
    await bothRounds();
    end(other, 40, 'delivered');
    await other.round();
    await pass(1_000);
    await bothRounds();
    expect(states()).toEqual(['closed', 'closed']);
  });

  it('write nothing for an endpoint that only delivers', async () => {
    end(one, 100, 'delivered');
    await one.round();
    expect(await rowOf()).toBeUndefined();
  });

  it('open it until the receiver asks to be tried again', async () => {
    end(one, 30, 'failed', 40_000);
    await one.round();
    await pass(1_000);
    await bothRounds();
    expect((await rowOf())?.probe_in_ms).toBeGreaterThan(36_000);
  });

  it('close it by one probe, and start slowly', async () => {
    const { prober, idle } = await claimed();
    end(prober, 1, 'delivered');
    await prober.round();
    await idle.round();
    expect(states()).toEqual(['closed', 'closed']);
    for (const breakers of [one, other]) expect([0, 1].map((sending) => breakers.of(endpoint).allows(sending, TARGET, 0))).toEqual([true, false]);
    expect(await audited()).toEqual(['breaker.opened', 'breaker.closed', 'endpoint.recovered']);
    expect(await told()).toEqual([
      { type: 'lockstep.breaker.opened', data: { ended: 20, failed: 20 } },
      { type: 'lockstep.breaker.closed', data: { openedAt: expect.stringMatching(/^20\d\d-.*Z$/) as unknown } },
      { type: 'lockstep.endpoint.recovered', data: { reason: 'answering' } },
    ]);
    expect(await rowOf()).toMatchObject({ state: 'closed', version: 3, undelivered: false });
  });

  it('open it for longer after a probe that failed, without another row in the audit log', async () => {
    const { prober } = await claimed();
    end(prober, 1, 'failed');
    await prober.round();
    const row = await rowOf();
    expect([row?.state, row?.openings, (row?.probe_in_ms ?? 0) > 1_500]).toEqual(['open', 2, true]);
    expect(await audited()).toEqual(['breaker.opened']);
  });

  it('probe again when the claim of one that died has run out, and its late answer changes nothing', async () => {
    const { prober, idle } = await claimed();
    const breaker = prober.of(endpoint);
    const permit = breaker.begin();
    await idle.round();
    expect(idle.of(endpoint).allows(0, TARGET, performance.now())).toBe(false);
    // A claim lasts for twice the timeout of 15 s, and 5 s more.
    await pass(29_000);
    await idle.round();
    expect((await rowOf())?.version).toBe(2);
    await pass(6_500);
    await idle.round();
    expect([idle.of(endpoint).allows(0, TARGET, performance.now()), (await rowOf())?.version]).toEqual([true, 3]);
    breaker.end(permit, { sign: 'delivered', retryAfterMs: 0 }, 64);
    await prober.round();
    expect(await rowOf()).toMatchObject({ state: 'half-open', version: 3 });
  });

  it('probe again soon when the one that had claimed the probe owns no shard any more', async () => {
    const { prober, idle } = await claimed();
    await pass(6_000);
    await idle.round();
    expect((await rowOf())?.version).toBe(2);
    const died = dispatchers[prober === one ? 0 : 1]?.get(LeaseKeeper).owner;
    await fixture.pool.query("update shard_leases set expires_at = now() - interval '1 ms' where owner = $1", [died]);
    await idle.round();
    expect([idle.of(endpoint).allows(0, TARGET, performance.now()), (await rowOf())?.version]).toEqual([true, 3]);
  });

  it('give a claim back at the end, and report what is not reported', async () => {
    const { prober, idle } = await claimed();
    await prober.stop();
    await idle.round();
    expect(idle.of(endpoint).allows(0, TARGET, performance.now())).toBe(true);
    end(one, 1, 'rejected');
    await one.stop();
    expect(await rowOf()).toMatchObject({ undelivered: true });
  });

  it('know an open breaker before they send anything', async () => {
    await open();
    const late = await testModules(fixture.url, [BreakersModule]).compile();
    await late.get(EndpointBreakers).start();
    expect(late.get(EndpointBreakers).of(endpoint).allows(0, TARGET, performance.now())).toBe(false);
    await late.get(EndpointBreakers).stop();
    await late.close();
  });

  it('change a breaker once when they decide at the same time', async () => {
    end(one, 20, 'failed');
    await one.round();
    const repositories = dispatchers.map((dispatcher) => dispatcher.get(BreakersRepository));
    const changes = [{ endpoint, value: { version: 0, state: 'open', openings: 1, waitMs: 0 } }] as const;
    const made = await Promise.all([...repositories, ...repositories].map((repository) => repository.changeAll(changes, 'b46c6d3c-6bd7-4b32-9b4f-4b3f7c3c4a11')));
    expect(made.flat()).toMatchObject([{ state: 'open', formerState: 'closed', ended: 20, failed: 20 }]);
    const claims = [{ endpoint, value: { version: 1, state: 'half-open', openings: 1, waitMs: 0 } }] as const;
    const claimsMade = await Promise.all(repositories.map((repository, i) => repository.changeAll(claims, `b46c6d3c-6bd7-4b32-9b4f-4b3f7c3c4a1${i}`)));
    expect(claimsMade.flat()).toHaveLength(1);
    expect(await audited()).toEqual(['breaker.opened']);
  });
});

describe('an endpoint', () => {
  it.each([
    ['url', "url = 'http://127.0.0.1:10/'"], ['timeout', 'timeout_ms = 100'], ['headers', "headers_ciphertext = '\\x00'"],
    ['authentication', "auth_ciphertext = '\\x00'"],
  ])('is probed at once when its %s changes', async (_, change) => {
    await open();
    await fixture.pool.query(`update endpoints set ${change} where id = $1`, [endpoint]);
    expect((await rowOf())?.probe_in_ms).toBeLessThanOrEqual(0);
  });

  it('is probed at once when it is resumed, or gets a secret, and not when something else changes', async () => {
    await open();
    await fixture.pool.query("update endpoints set description = 'x', max_concurrency = 3, status = 'paused' where id = $1", [endpoint]);
    expect((await rowOf())?.probe_in_ms).toBeGreaterThan(0);
    await fixture.pool.query("update endpoints set status = 'active' where id = $1", [endpoint]);
    expect((await rowOf())?.probe_in_ms).toBeLessThanOrEqual(0);
    await fixture.pool.query("update endpoint_breakers set probe_at = now() + interval '1 minute' where endpoint = $1", [endpoint]);
    await fixture.pool.query("insert into endpoint_secrets (endpoint, tenant, ciphertext) values ($1, 'default', '\\x00')", [endpoint]);
    expect((await rowOf())?.probe_in_ms).toBeLessThanOrEqual(0);
  });

  it('is not probed when its settings are encrypted with another key', async () => {
    await open();
    await fixture.pool.query(`select set_config('lockstep.reencrypting', 'on', true); update endpoints set headers_ciphertext = '\\x01' where id = ${endpoint}`);
    expect((await rowOf())?.probe_in_ms).toBeGreaterThan(0);
  });

  it('has a closed breaker when it is deleted', async () => {
    await open();
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    await bothRounds();
    expect(states()).toEqual(['closed', 'closed']);
  });

  it('has a closed breaker also when requests that were in flight at its deletion have failed', async () => {
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    end(one, 25, 'failed');
    await one.round();
    await pass(1_000);
    await bothRounds();
    expect([states(), (await rowOf())?.state, await audited(), await told()]).toEqual([['closed', 'closed'], 'closed', [], []]);
  });

  it('is not disabled for what was delivered in a report that was lost', async () => {
    await fixture.pool.query('update endpoints set disable_after_ms = 60000 where id = $1', [endpoint]);
    end(one, 1, 'rejected');
    await one.round();
    await pass(50_000);
    end(one, 1, 'delivered');
    await fixture.pool.query('alter table endpoint_breakers rename to endpoint_breakers_away');
    await expect(one.round()).rejects.toThrow();
    await fixture.pool.query('alter table endpoint_breakers_away rename to endpoint_breakers');
    await one.round();
    expect((await rowOf())?.undelivered).toBe(false);
  });

  it('is disabled once nothing was delivered for as long as disableAfter, and not again right after it was resumed', async () => {
    await fixture.pool.query('update endpoints set disable_after_ms = 60000 where id = $1', [endpoint]);
    const status = async (): Promise<unknown> => (await fixture.pool.query<{ status: string; reason: string | null }>('select status, status_reason as reason from endpoints where id = $1', [endpoint])).rows[0];
    const failOnce = async (): Promise<void> => {
      end(one, 1, 'rejected');
      await bothRounds();
    };
    await failOnce();
    await pass(50_000);
    await failOnce();
    expect(await status()).toEqual({ status: 'active', reason: null });
    end(other, 1, 'delivered');
    await bothRounds();
    await failOnce();
    await pass(50_000);
    await failOnce();
    expect(await status()).toEqual({ status: 'active', reason: null });
    await pass(10_000);
    await failOnce();
    expect(await status()).toEqual({ status: 'disabled', reason: expect.stringMatching(/^Nothing was delivered since 20.*Z, for longer than disableAfter; .*resume$/) as unknown });
    expect(await audited()).toEqual(['endpoint.disabled']);
    expect(await told()).toEqual([{ type: 'lockstep.endpoint.disabled', data: { reason: 'failing' } }]);
    const { rows } = await fixture.pool.query<{ shard: number }>("select shard from dispatch_outbox where topic = 'control' and convert_from(value, 'UTF8')::jsonb @> jsonb_build_object('kind', 'endpoint_changed', 'endpoint', $1::integer) order by shard", [endpoint]);
    expect(rows.map(({ shard }) => shard)).toEqual(Array.from({ length: SHARDS }, (_, shard) => shard));
    await fixture.pool.query("update endpoints set status = 'active', status_reason = null where id = $1", [endpoint]);
    await failOnce();
    expect(await status()).toEqual({ status: 'active', reason: null });
  });

  it('stays as it is without disableAfter, or while it is paused', async () => {
    const second = await fixture.createEndpoint();
    await fixture.pool.query("update endpoints set disable_after_ms = 60000, status = 'paused' where id = $1", [second]);
    const [first, reported] = [endpoint, dispatchers[0]?.get(BreakersRepository)];
    const failure = { version: 0, ended: 1, failed: 1, delivered: false, endsUndelivered: true, retryAfterMs: 0 };
    await reported?.report([{ endpoint: first, value: failure }, { endpoint: second, value: failure }]);
    await pass(9_000_000, first);
    await pass(9_000_000, second);
    expect(await reported?.disableFailing([first, second])).toEqual([]);
  });
});

describe('the statements', () => {
  it('do what the model does, which the test of EndpointBreaker drives', async () => {
    const repository = dispatchers[0]?.get(BreakersRepository);
    if (repository === undefined) throw new Error('There is no dispatcher');
    const probers = ['b46c6d3c-6bd7-4b32-9b4f-4b3f7c3c4a11', 'b46c6d3c-6bd7-4b32-9b4f-4b3f7c3c4a12'];
    await fixture.pool.query("update shard_leases set owner = $1, expires_at = now() + interval '1 hour' where shard = 3", [probers[0]]);
    const step = fc.record({
      act: fc.constantFrom('report', 'report', 'change', 'pass'), prober: fc.nat({ max: 1 }), behind: fc.constantFrom(0, 0, 0, 1), amount: fc.nat({ max: 30 }), failed: fc.nat({ max: 30 }),
      delivered: fc.boolean(), endsUndelivered: fc.boolean(), retryAfterMs: fc.constantFrom(0, 0, 90_000), state: fc.constantFrom<BreakerState>('closed', 'open', 'half-open'), buckets: fc.nat({ max: 3 }),
    });
    const nowMs = async (): Promise<number> => (await fixture.pool.query<{ ms: number }>('select extract(epoch from now())::float8 * 1000 as ms')).rows[0]?.ms ?? 0;
    const bucketOf = (ms: number): number => Math.floor(ms / BUCKET_MS);
    /** The moments of the two, by different clocks, are the same to half a second. */
    const expectSame = (read: SharedBreaker, readAtMs: number, expected: SharedBreaker, atMs: number): void => {
      const { sinceMs, probeAtMs, claimedAtMs, failingSinceMs, retryAtMs, ...rest } = read;
      expect(expected).toMatchObject(rest);
      for (const [name, ms] of Object.entries({ sinceMs, probeAtMs, claimedAtMs, failingSinceMs, retryAtMs })) {
        const fromNowMs = expected[name as 'sinceMs' | 'probeAtMs' | 'claimedAtMs' | 'failingSinceMs' | 'retryAtMs'] - atMs;
        expect([name, ms === fromNowMs || Math.abs(ms - readAtMs - fromNowMs) < 500]).toEqual([name, true]);
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 15 }), async (steps) => {
      const of = await fixture.createEndpoint();
      const model = new BreakerModel(TARGET.timeoutMs);
      let shiftedMs = 0;
      for (const { act, prober: i, behind, amount, failed, delivered, endsUndelivered, retryAfterMs, state, buckets } of steps) {
        const prober = probers[i] ?? '';
        const version = Math.max(0, (model.row?.version ?? 0) - behind);
        const beganMs = await nowMs();
        const atMs = beganMs + shiftedMs;
        const counts = { version, ended: Math.max(amount, failed), failed, delivered: delivered || !endsUndelivered, endsUndelivered, retryAfterMs };
        const change = { version, state, openings: amount, waitMs: amount * 1_000 };
        if (act === 'report') await repository.report([{ endpoint: of, value: counts }]);
        const changed = act === 'change' ? (await repository.changeAll([{ endpoint: of, value: change }], prober)).length === 1 : undefined;
        const read = (await repository.read(NOTHING_READ, prober)).breakers.find((breaker) => breaker.endpoint === of)?.shared ?? NEVER_FAILED;
        const readAtMs = performance.now();
        // The model cannot know in which half minute the statement was.
        if (bucketOf(await nowMs()) !== bucketOf(beganMs)) return;
        if (act === 'report') model.report(counts, atMs);
        if (act === 'change') expect(changed).toBe(model.change(change, prober, atMs, (owner) => owner === probers[0]));
        if (act !== 'pass') {
          expectSame(read, readAtMs, model.read(prober, atMs), atMs);
          continue;
        }
        await pass(buckets * BUCKET_MS, of);
        shiftedMs += buckets * BUCKET_MS;
      }
    }), { numRuns: 10 });
  });
});
