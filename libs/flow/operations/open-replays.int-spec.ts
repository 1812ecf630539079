import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { mintId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_BY } from '#dev/testing/test-principal';
import { whileChanged } from '#dev/testing/while-changed';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { type ReplayFilter, ReplaysRepository } from '#manage/dead-letters/replays.repository';
import { type OpenReplay, OpenReplaysRepository } from './open-replays.repository.js';
import { OperationsModule } from './operations.module.js';

const LANES = 300;
const PER_LANE = 4;

let fixture: ShardFixture;
let gateway: TestingModule;
let dispatcher: TestingModule;
let requests: ReplaysRepository;
let open: OpenReplaysRepository;
let epoch: number;
let endpoint: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [DeadLettersModule]).compile();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), OperationsModule]).compile();
  requests = gateway.get(ReplaysRepository);
  open = dispatcher.get(OpenReplaysRepository);
});

afterAll(async () => {
  await Promise.all([gateway.close(), dispatcher.close()]);
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, deliveries, lanes, replay_shards, replays, dispatch_outbox');
  epoch = await fixture.takeShard(0);
  endpoint = await fixture.createEndpoint();
  const ids = await fixture.accept(Array.from({ length: LANES * PER_LANE }, (_, i) => ({ shard: 0, entity: `entity-${i % LANES}` })));
  await fixture.pool.query(
    `insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence)
     select 'default', $1, 'entity-' || n, 0, $2, $2 from generate_series(0, $3 - 1) as n`, [endpoint, PER_LANE, LANES]);
  await fixture.pool.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, dead_reason, finished_at)
     select w.id, $1, 'default', 0, l.id, (w.n - 1) / $3 + 1, 'dead', 3, 'attempts_exhausted', now() - interval '1 minute'
     from unnest($2::uuid[]) with ordinality as w (id, n)
       join events e on e.id = w.id
       join lanes l on l.endpoint = $1 and l.entity = e.entity`, [endpoint, ids, LANES]);
});

const all = (changes: Partial<ReplayFilter> = {}): ReplayFilter =>
  ({ tenant: 'default', action: 'replay', endpoint: undefined, entity: undefined, type: undefined, from: undefined, to: undefined, ...changes });

async function ask(filter: ReplayFilter): Promise<{ id: string; matched: number }> {
  const id = mintId();
  return { id, matched: await requests.create(filter, { id, subject: 'rpl_test', by: TEST_BY }) };
}

/** Of dead letters on shard 0. */
const work = (replay: string, action: OpenReplay['action'] = 'replay'): OpenReplay => ({ replay, shard: 0, tenant: 'default', action, ofEvent: false, delivered: false, firstId: '00000000-0000-0000-0000-000000000000' });

async function statuses(): Promise<Record<string, number>> {
  const { rows } = await fixture.pool.query<{ status: string; count: number }>('select status, count(*)::integer as count from deliveries group by status');
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

async function laneOf(entity: string): Promise<number | undefined> {
  return (await fixture.pool.query<{ id: number }>('select id from lanes where entity = $1', [entity])).rows[0]?.id;
}

/** Lanes in which a later dead letter is pending before an earlier one is: it would be sent first. */
async function overtaken(): Promise<number> {
  const { rowCount } = await fixture.pool.query(
    `select from deliveries d where d.status = 'pending'
       and exists (select from deliveries e where e.lane = d.lane and e.sequence < d.sequence and e.status = 'dead')`);
  return rowCount ?? 0;
}

describe('a replay of dead letters', () => {
  it('continues batch by batch where it was left, under any owner, and never lets a later letter overtake', async () => {
    const { id, matched } = await ask(all());
    expect(matched).toBe(LANES * PER_LANE);
    const job = work(id);
    expect(await open.apply(job, epoch)).toMatchObject({ held: true, finished: false });
    expect([await statuses(), await overtaken()]).toEqual([{ dead: 700, pending: 500 }, 0]);
    // The owner dies here, and another continues.
    const before = epoch;
    epoch = await fixture.takeShard(0);
    expect(await open.apply(job, before)).toMatchObject({ held: false, lanes: [] });
    expect(await statuses()).toEqual({ dead: 700, pending: 500 });
    expect(await open.find([0])).toEqual([job]);
    let batches = 0;
    while (!(await open.apply(job, epoch)).finished) {
      batches += 1;
      expect(await overtaken()).toBe(0);
    }
    expect(batches).toBe(1);
    expect(await statuses()).toEqual({ pending: LANES * PER_LANE });
    expect(await open.find([0])).toEqual([]);
    // Once more, as when the answer to the last one was lost.
    expect(await open.apply(job, epoch)).toMatchObject({ held: true, finished: true, lanes: [] });
    expect((await fixture.pool.query('select from lanes where replays <> $1', [PER_LANE])).rowCount).toBe(0);
    expect(await requests.find('default', id)).toMatchObject({ matched, applied: matched, status: 'done' });
  });

  it.each(['replay', 'discard'] as const)('finds every dead letter after it waited for a row that has changed: %s', async (action) => {
    const { id } = await ask(all({ action, entity: 'entity-7' }));
    const changed = `update replay_shards set applied = 0 where replay = '${id}'`;
    expect(await whileChanged(fixture.pool, changed, () => open.apply(work(id, action), epoch))).toMatchObject({ held: true, finished: true });
    expect(await statuses()).toEqual({ dead: LANES * PER_LANE - PER_LANE, [action === 'replay' ? 'pending' : 'discarded']: PER_LANE });
  });

  it('leaves alone what does not match, what dies later, and what a deleted endpoint would get', async () => {
    const late = await fixture.createEndpoint();
    const { id } = await ask(all({ entity: 'entity-7' }));
    await fixture.pool.query("update deliveries set finished_at = now() + interval '1 second' where sequence = 4");
    await open.apply(work(id), epoch);
    expect(await statuses()).toEqual({ dead: LANES * PER_LANE - 3, pending: 3 });
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    expect((await ask(all())).matched).toBe(0);
    expect((await ask(all({ action: 'discard', endpoint }))).matched).toBe(LANES * PER_LANE - 3);
    expect((await ask(all({ action: 'discard', endpoint: late }))).matched).toBe(0);
  });

  it('ends the halt of a lane whose dead letter it takes, and of no other', async () => {
    await fixture.pool.query("update lanes set halted_sequence = case entity when 'entity-1' then 4 else 3 end where entity in ('entity-1', 'entity-2')");
    const { id } = await ask(all({ action: 'discard', entity: 'entity-1' }));
    const [job = work(id)] = await open.find([0]);
    expect(await open.apply(job, epoch)).toMatchObject({ held: true, finished: true, discarded: { length: 4 }, lanes: [await laneOf('entity-1')] });
    expect(await statuses()).toEqual({ dead: LANES * PER_LANE - 4, discarded: 4 });
    expect((await fixture.pool.query('select entity from lanes where halted_sequence is not null')).rows).toEqual([{ entity: 'entity-2' }]);
  });

  it('takes deliveries that belong to no lane', async () => {
    await fixture.pool.query('update deliveries set lane = null, sequence = null');
    const { id } = await ask(all());
    const job = work(id);
    let unordered = 0;
    for (let finished = false; !finished; ) {
      const batch = await open.apply(job, epoch);
      unordered += batch.unordered;
      finished = batch.finished;
    }
    expect([unordered, await statuses()]).toEqual([LANES * PER_LANE, { pending: LANES * PER_LANE }]);
  });
});

describe('open replays', () => {
  /** `perShard` replays of each tenant, all open on four shards. */
  async function askEach(tenants: readonly string[], perShard: number): Promise<void> {
    const asked = tenants.flatMap((tenant) => Array.from({ length: perShard }, () => ({ id: mintId(), tenant })));
    const parameters = [asked.map(({ id }) => id), asked.map(({ tenant }) => tenant)];
    await fixture.pool.query('insert into tenants (id) select distinct unnest($1::text[]) on conflict do nothing', [tenants]);
    await fixture.pool.query("insert into replays (id, tenant, action, actor, matched) select id, tenant, 'replay', 'test', 1 from unnest($1::uuid[], $2::text[]) as asked (id, tenant)", parameters);
    await fixture.pool.query('insert into replay_shards (replay, shard, tenant) select id, shard, tenant from unnest($1::uuid[], $2::text[]) as asked (id, tenant), generate_series(0, 3) shard', parameters);
  }
  const shards = [0, 1, 2, 3];

  it('come in turn over tenants and shards, however many there are', async () => {
    await askEach(Array.from({ length: 40 }, (_, i) => `tenant-${i}`), 1);
    const first = await open.find(shards);
    const second = await open.find(shards, first.at(-1));
    expect([first.length, second.length]).toEqual([100, 100]);
    expect(new Set([...first, ...second].map(({ tenant, shard }) => `${tenant}/${shard}`)).size).toBe(160);
  });

  it('are few of one tenant, the oldest first', async () => {
    await askEach(['many'], 60);
    await askEach(['few'], 1);
    const found = await open.find(shards);
    expect(found.slice(0, 8).map(({ tenant, shard }) => `${tenant}/${shard}`)).toEqual(['few', 'many'].flatMap((tenant) => shards.map((shard) => `${tenant}/${shard}`)));
    expect(found).toHaveLength(4 + 4 * 8);
    const ofOne = found.filter(({ tenant, shard }) => tenant === 'many' && shard === 0).map(({ replay }) => replay);
    expect(ofOne).toEqual([...ofOne].sort());
  });
});

describe('a replay of an event', () => {
  /** The event's deliveries: their endpoint, replay number and status. */
  const deliveriesOf = async (event: string): Promise<unknown[]> =>
    (await fixture.pool.query<object>('select endpoint, replay, status, sequence from deliveries where event_id = $1 order by endpoint, replay', [event])).rows;

  it('makes its dead letter pending, and delivers it once more where it was delivered, however often it is asked for', async () => {
    const other = await fixture.createEndpoint();
    const { rows: [letter] } = await fixture.pool.query<{ event: string; lane: number }>('select event_id as event, lane from deliveries where sequence = 2 limit 1');
    const { event = '', lane = 0 } = letter ?? {};
    await fixture.pool.query(
      `with lane as (insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $2, 'other', 0, 5, 5) returning id)
       insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, finished_at)
       select $1, $2, 'default', 0, id, 5, 'delivered', 1, now() from lane`, [event, other]);
    const ask = async (): Promise<OpenReplay[]> => {
      await requests.createForEvent({ id: mintId(), event, tenant: 'default', subject: 'evt_test', by: TEST_BY });
      return open.find([0]);
    };
    const [job] = await ask();
    expect(job).toMatchObject({ shard: 0, action: 'replay', ofEvent: true });
    const batch = await open.apply(job ?? work(''), epoch);
    expect(batch).toMatchObject({ held: true, finished: true, unordered: 0 });
    expect([...batch.lanes].sort()).toEqual([lane, await laneOf('other')].sort());
    const replayed = [
      { endpoint, replay: 0, status: 'pending', sequence: 2 },
      { endpoint: other, replay: 0, status: 'delivered', sequence: 5 },
      { endpoint: other, replay: 1, status: 'pending', sequence: 6 },
    ];
    expect(await deliveriesOf(event)).toEqual(replayed);
    for (const again of await ask()) await open.apply(again, epoch);
    // Once more, as when the answer was lost.
    expect(await open.apply(job ?? work(''), epoch)).toMatchObject({ held: true, finished: true, lanes: [] });
    expect(await deliveriesOf(event)).toEqual(replayed);
    expect((await fixture.pool.query('select replays from lanes where id = $1', [lane])).rows).toEqual([{ replays: 1 }]);
  });
});
