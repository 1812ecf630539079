import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { poolToken } from '#ground/postgres/inject-postgres';
import { LanesApiModule } from './lanes-api.module.js';
import { type LaneFilter, type LaneRow, LanesViewRepository } from './lanes-view.repository.js';

let fixture: ShardFixture;
let api: TestingModule;
let lanes: LanesViewRepository;
let endpoint: number;

const DAY_MS = 86_400_000;
const START = [-1e15, 0] as const;
const NOTHING_ASKED: LaneFilter = { tenant: 'default', endpoint: undefined, entity: undefined, state: undefined, sort: 'age' };

/** The lanes, oldest first, with their deliveries, whose sequences start at 1. */
const SETUP: readonly { entity: string; deliveries: readonly ('delivered' | 'dead' | 'pending' | 'retrying')[]; change?: string }[] = [
  { entity: 'sends', deliveries: ['delivered', 'pending', 'pending'] },
  // Not its head: a replayed dead letter precedes the delivery that waited for a retry when the lane was paused.
  { entity: 'sends-replay', deliveries: ['pending', 'retrying'], change: 'closed_sequence = 1, replays = 1' },
  { entity: 'waits', deliveries: ['retrying', 'pending', 'pending'] },
  { entity: 'paused', deliveries: ['pending'], change: 'paused = true' },
  { entity: 'halted', deliveries: ['dead', 'retrying'], change: 'halted_sequence = 1' },
  { entity: 'idle', deliveries: ['delivered'] },
  { entity: 'empty-halted', deliveries: ['dead'], change: 'halted_sequence = 1' },
];

beforeAll(async () => {
  fixture = await createShardFixture();
  api = await testModules(fixture.url, [LanesApiModule]).compile();
  lanes = api.get(LanesViewRepository);
  endpoint = await fixture.createEndpoint();
  for (const [index, { entity, deliveries, change = 'paused = false' }] of SETUP.entries()) {
    // Some are from yesterday: a lane's deliveries are in several partitions.
    const ids = await fixture.accept(deliveries.map(() => ({ shard: 1, entity })), new Date(Date.now() - (index % 2) * DAY_MS));
    await fixture.pool.query(
      `with lane as (insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $1, $2, 1, $4, $7) returning id)
       insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, next_attempt_at, created_at)
       select
         event, $1, 'default', 1, lane.id, n, case state when 'retrying' then 'pending' else state end::delivery_status, 3,
         case state when 'retrying' then now() + interval '1 hour' end, now() - $5 * interval '1 minute'
       from lane cross join unnest($3::uuid[], $6::text[]) with ordinality as d (event, state, n)`,
      [endpoint, entity, ids, deliveries.length, SETUP.length - index, deliveries, deliveries.filter((state) => state === 'delivered' || state === 'dead').length]);
    await fixture.pool.query(`update lanes set ${change} where entity = $1`, [entity]);
  }
});

afterAll(async () => {
  await api.close();
  await fixture.close();
});

/** How many entries of deliveries' indexes a statement of this pool reads. */
async function readBy(pool: 'api' | 'lists', statement: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> => {
    // The pool has one connection, because its statements run one after the other.
    await api.get<pg.Pool>(poolToken(pool)).query('select pg_stat_force_next_flush()');
    const { rows } = await fixture.pool.query<{ read: number }>("select sum(idx_tup_read)::integer as read from pg_stat_user_indexes where relname like 'deliveries_2%'");
    return rows[0]?.read ?? 0;
  };
  const before = await count();
  await statement();
  return (await count()) - before;
}

async function list(filter: Partial<LaneFilter>): Promise<LaneRow[]> {
  const all = await lanes.list({ ...NOTHING_ASKED, ...filter }, START, 100);
  const paged: LaneRow[] = [];
  for (let page = await lanes.list({ ...NOTHING_ASKED, ...filter }, START, 1); page[0] !== undefined;) {
    paged.push(page[0]);
    page = await lanes.list({ ...NOTHING_ASKED, ...filter }, [page[0].place, page[0].id], 1);
  }
  expect(paged).toEqual(all);
  return all;
}

async function entities(filter: Partial<LaneFilter>): Promise<string[]> {
  return (await list(filter)).map(({ entity }) => entity);
}

describe('the list of lanes', () => {
  it('lists all lanes except idle ones by age, each as a single request shows it', async () => {
    const rows = await list({});
    expect(rows.map(({ entity }) => entity)).toEqual(['sends', 'sends-replay', 'waits', 'paused', 'halted', 'empty-halted']);
    const publicId = rows[0]?.endpointId ?? '';
    for (const row of rows) expect(await lanes.find('default', publicId, row.entity)).toEqual({ ...row, place: 0 });
    expect(rows.map(({ headSequence, headAttempts }) => [headSequence, headAttempts])).toEqual([[2, 3], [1, 3], [1, 3], [1, 3], [1, 3], [1, 3]]);
  });

  it('sorts by depth on request', async () => {
    expect(await entities({ sort: 'depth' })).toEqual(['waits', 'sends', 'sends-replay', 'paused', 'halted', 'empty-halted']);
  });

  it.each([
    ['sending', ['sends', 'sends-replay']],
    ['waiting', ['waits']],
    ['paused', ['paused']],
    ['halted', ['halted', 'empty-halted']],
    ['idle', ['idle']],
  ])('has those that are %s', async (state, expected) => {
    expect(await entities({ state })).toEqual(expected);
  });

  it('lists lanes that wait for their endpoint', async () => {
    await fixture.pool.query("update endpoints set status = 'disabled'");
    expect(await entities({ state: 'waiting' })).toEqual(['sends', 'sends-replay', 'waits']);
    expect(await entities({ state: 'sending' })).toEqual([]);
    await fixture.pool.query("update endpoints set status = 'active'");
  });

  it("lists lanes that wait for their endpoint's rate limit: its bucket is empty, or a dispatcher waits for tokens", async () => {
    const bucket = 'endpoint/' + endpoint;
    const setBucket = (tokens: number, leases: object): Promise<unknown> => fixture.pool.query(
      `insert into token_buckets (id, tokens, refilled_at, full_at, leases) values ($1, $2, now(), now(), $3)
       on conflict (id) do update set tokens = $2, refilled_at = now(), leases = $3`,
      [bucket, tokens, JSON.stringify(leases)]);
    await fixture.pool.query('update endpoints set rate_limit_per_second = 0.01, rate_limit_burst = 1 where id = $1', [endpoint]);
    // No dispatcher has used it yet: it is full.
    expect(await entities({ state: 'sending' })).toEqual(['sends', 'sends-replay']);
    const nowSeconds = Date.now() / 1_000;
    for (const [tokens, leases] of [[0.9, {}], [5, { one: { tokens: 1, until: nowSeconds + 2, waiting: 3, claimUntil: nowSeconds + 60 } }]] as const) {
      await setBucket(tokens, leases);
      const rows = await list({ state: 'waiting' });
      expect(rows.map(({ entity, isRateLimited }) => [entity, isRateLimited])).toEqual([['sends', true], ['sends-replay', true], ['waits', false]]);
      for (const row of rows) expect(await lanes.find('default', row.endpointId, row.entity)).toEqual({ ...row, place: 0 });
      expect(await entities({ state: 'sending' })).toEqual([]);
    }
    // A claim that is over, and one token that is held.
    await setBucket(1, { one: { tokens: 1, until: nowSeconds + 2, waiting: 3, claimUntil: nowSeconds - 1 } });
    expect(await entities({ state: 'sending' })).toEqual(['sends', 'sends-replay']);
    await setBucket(0, {});
    await fixture.pool.query('update endpoints set rate_limit_per_second = null, rate_limit_burst = null where id = $1', [endpoint]);
    expect(await entities({ state: 'sending' })).toEqual(['sends', 'sends-replay']);
  });

  it('lists lanes that wait for the breaker of their endpoint, except those whose head is not due', async () => {
    await fixture.pool.query("insert into endpoint_breakers (endpoint, state, bucket) values ($1, 'open', 0)", [endpoint]);
    const held = async (): Promise<unknown> => (await list({ state: 'waiting' })).map(({ entity, isHeldByBreaker }) => [entity, isHeldByBreaker]);
    expect(await held()).toEqual([['sends', true], ['sends-replay', true], ['waits', false]]);
    expect(await entities({ state: 'sending' })).toEqual([]);
    const [{ endpointId = '' } = {}] = await list({});
    expect(await lanes.find('default', endpointId, 'sends')).toMatchObject({ state: 'waiting', isHeldByBreaker: true });
    await fixture.pool.query("update endpoint_breakers set state = 'half-open'");
    expect(await held()).toEqual([['sends', true], ['sends-replay', true], ['waits', false]]);
    await fixture.pool.query("update endpoint_breakers set state = 'closed'");
    expect(await held()).toEqual([['waits', false]]);
  });

  it('reads no more of a lane with a long backlog than of others', async () => {
    const [{ endpointId = '' } = {}] = await list({});
    const { rows: [lane] } = await fixture.pool.query<{ id: number }>("insert into lanes (tenant, endpoint, entity, shard, tail_sequence) values ('default', $1, 'long', 2, 3000) returning id", [endpoint]);
    await fixture.pool.query(
      `insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)
       select overlay(uuid_floor(now())::text placing lpad(n::text, 12, '0') from 25)::uuid, $1, 'default', 2, $2, n from generate_series(1, 3000) as n`,
      [endpoint, lane?.id]);
    const readByOne = await readBy('api', () => lanes.find('default', endpointId, 'long'));
    expect(readByOne).toBeGreaterThan(0);
    expect(readByOne).toBeLessThan(10);
    for (const filter of [{}, { sort: 'depth' as const }, { entity: 'long' }, { endpoint: endpointId }, { tenant: 'other' }]) {
      expect(await readBy('lists', () => lanes.list({ ...NOTHING_ASKED, ...filter }, START, 50))).toBeLessThan(100);
    }
    expect((await list({ sort: 'depth' }))[0]).toMatchObject({ entity: 'long', depth: 3_000, headSequence: 1 });
    await fixture.pool.query('delete from deliveries where lane = $1', [lane?.id]);
    await fixture.pool.query('delete from lanes where id = $1', [lane?.id]);
  });

  it('lists all that wait when they are too many to look them up by the index of pending deliveries', async () => {
    const before = (await list({})).map(({ entity }) => entity);
    await fixture.pool.query(
      `with lane as (
         insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
         select 'default', $1, 'many-' || n, 3, 1 from generate_series(1, 1100) as n returning id, entity
       )
       insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)
       select overlay(uuid_floor(now())::text placing lpad(substr(entity, 6), 12, '0') from 25)::uuid, $1, 'default', 3, id, 1 from lane`,
      [endpoint]);
    const rows = await lanes.list({ ...NOTHING_ASKED }, START, 2_000);
    expect(rows.map(({ entity }) => entity).filter((entity) => !entity.startsWith('many-'))).toEqual(before);
    expect(rows).toHaveLength(before.length + 1_100);
    expect(await lanes.list({ ...NOTHING_ASKED, sort: 'depth' }, START, 2_000)).toHaveLength(before.length + 1_100);
    await fixture.pool.query('delete from deliveries where shard = 3');
    await fixture.pool.query('delete from lanes where shard = 3');
  });

  it('lists the lanes of an endpoint or an entity, and none of another tenant', async () => {
    const [{ endpointId = '' } = {}] = await list({});
    expect(await entities({ endpoint: endpointId, entity: 'waits' })).toEqual(['waits']);
    expect(await entities({ endpoint: '0190c1f0-0000-7000-8000-0000000000ab' })).toEqual([]);
    expect(await entities({ tenant: 'other' })).toEqual([]);
  });
});
