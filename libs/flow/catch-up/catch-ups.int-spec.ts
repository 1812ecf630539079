import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { poolToken } from '#ground/postgres/inject-postgres';
import { explaining } from '#dev/testing/explain';
import { whileChanged } from '#dev/testing/while-changed';
import { CatchUpsRepository } from './catch-ups.repository.js';
import { CatchUpWorld, LEAST_ID, SHARD } from './fixtures/catch-up-world.js';

const DAY_MS = 86_400_000;

let world: CatchUpWorld;

beforeAll(async () => {
  world = await CatchUpWorld.open();
});

afterAll(() => world.close());

beforeEach(() => world.reset());

const accept = (...entities: string[]): Promise<string[]> => world.accept(...entities);

describe('a catch-up', () => {
  it('routes every kept event in the order of acceptance, step by step, then leaves the endpoint to admission', async () => {
    const ids = await accept('a', 'b', 'a', 'a', 'b');
    await world.admit(ids);
    const endpoint = await world.create({ startAt: '-infinity' });
    const limits = { scanned: 10, changed: 2 };
    const first = await world.step(endpoint, limits);
    expect(first).toMatchObject({ kind: 'stepped', finished: false, endpointVersion: expect.any(Number) });
    expect(first.kind === 'stepped' && first.deliveries.map(({ eventId, place }) => [eventId, place?.sequence])).toEqual([[ids[0], 1], [ids[1], 1]]);
    expect(await world.step(endpoint, limits)).toMatchObject({ kind: 'stepped', finished: false });
    expect(await world.step(endpoint, limits)).toMatchObject({ kind: 'stepped', finished: true, deliveries: [{ eventId: ids[4], place: { sequence: 2, closedSequence: 0 } }] });
    const [live = ''] = await accept('a');
    expect(await world.admit([live])).toMatchObject({ deliveries: [{ eventId: live, endpoint, place: { sequence: 4 } }] });
    expect(await world.lane(endpoint, 'a')).toEqual([ids[0], ids[2], ids[3], live]);
    expect(await world.lane(endpoint, 'b')).toEqual([ids[1], ids[4]]);
  });

  it('finds what is admitted while it runs, which no admission routes to the endpoint but to others', async () => {
    await world.admit(await accept('a', 'a'));
    const [other, endpoint] = [await world.create({}), await world.create({ startAt: '-infinity' })];
    await world.step(endpoint, { scanned: 1, changed: 1 });
    const during = await accept('a', 'c');
    expect(await world.admit(during)).toMatchObject({ deliveries: [{ endpoint: other }, { endpoint: other }] });
    expect(await world.query('select routes from inbox where event_id = any($1)', [during])).toEqual([{ routes: 1 }, { routes: 1 }]);
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'a')).toHaveLength(3);
    expect(await world.lane(endpoint, 'c')).toEqual([during[1]]);
    expect(await world.violations()).toEqual([]);
  });

  it('leaves what it has passed before its admission to that admission', async () => {
    const [late = '', passed = ''] = await accept('late', 'b');
    await world.admit([passed]);
    const endpoint = await world.create({ startAt: '-infinity' });
    expect(await world.step(endpoint, { scanned: 2, changed: 9 })).toMatchObject({ finished: false, deliveries: [{ eventId: passed }] });
    expect(await world.admit([late])).toMatchObject({ deliveries: [{ eventId: late, endpoint }] });
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'late')).toEqual([late]);
    expect(await world.violations()).toEqual([]);
  });

  it('begins at its time, with the types of the endpoint, also in the middle of an entity and on an earlier day', async () => {
    const at = (days: number): Date => new Date(Date.now() - days * DAY_MS);
    for (const days of [4, 3]) await world.query('select ensure_partitions($1)', [at(days).toISOString().slice(0, 10)]);
    const old = await world.fixture.accept([{ shard: SHARD, entity: 'a' }], at(4));
    const kept = await world.fixture.accept([{ shard: SHARD, entity: 'a' }, { shard: SHARD, entity: 'a', type: 'other.type' }], at(3));
    const today = await accept('a');
    await world.admit([...old, ...kept, ...today]);
    const endpoint = await world.create({ startAt: new Date(at(3).getTime() - 1_000).toISOString(), eventTypes: ['order.*'] });
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'a')).toEqual([kept[0], today[0]]);
    expect(await world.violations()).toEqual([]);
  });

  it('makes deliveries without lanes for an endpoint without order, and none of events that name another destination', async () => {
    const other = await world.create({});
    const [plain = '', named = ''] = await world.fixture.accept([{ shard: SHARD, entity: 'a' }, { shard: SHARD, entity: 'a', destination: other }]);
    await world.admit([plain, named]);
    const endpoint = await world.create({ startAt: '-infinity', ordering: 'none' });
    expect(await world.step(endpoint)).toMatchObject({ finished: true, deliveries: [{ eventId: plain, place: undefined }] });
    expect(await world.violations()).toEqual([]);
  });

  it('goes on while the endpoint is paused, follows a change of its event types from the next step on, and ends with its deletion', async () => {
    await world.admit(await accept('a', 'a', 'a', 'a'));
    const endpoint = await world.create({ startAt: '-infinity' });
    await world.query("update endpoints set status = 'paused' where id = $1", [endpoint]);
    const limits = { scanned: 1, changed: 1 };
    expect(await world.step(endpoint, limits)).toMatchObject({ deliveries: [{ endpoint }] });
    await world.query("update endpoints set event_types = '{nothing}' where id = $1", [endpoint]);
    expect(await world.step(endpoint, limits)).toMatchObject({ finished: false, deliveries: [] });
    await world.query("update endpoints set event_types = '{*}', deleted_at = now() where id = $1", [endpoint]);
    expect(await world.step(endpoint, limits)).toMatchObject({ finished: true, deliveries: [] });
    await world.finish(endpoint);
    expect(await world.caughtUp(endpoint)).toEqual([]);
    expect(await world.violations()).toEqual([]);
  });

  it('passes over an event that a dispatcher of an earlier release has routed to the endpoint', async () => {
    const [first = '', routed = '', last = ''] = await accept('a', 'a', 'a');
    await world.admit([first, routed, last]);
    const endpoint = await world.create({ startAt: '-infinity', ordering: 'none' });
    await world.query("insert into deliveries (event_id, endpoint, tenant, shard) values ($1, $2, 'default', $3)", [routed, endpoint, SHARD]);
    expect(await world.step(endpoint)).toMatchObject({ finished: true, deliveries: [{ eventId: first }, { eventId: last }] });
  });

  it('passes over operational events about its endpoint, and its end is told to another one', async () => {
    const watcher = await world.create({ eventTypes: ['lockstep.*'] });
    const endpoint = await world.create({ startAt: '-infinity', eventTypes: ['*', 'lockstep.*'] });
    const idOf = async (key: number): Promise<string> => (await world.query<{ id: string }>("select 'ep_' || replace(public_id::text, '-', '') as id from endpoints where id = $1", [key]))[0]?.id ?? '';
    const [own, others] = [await idOf(endpoint), await idOf(watcher)];
    const ids = await world.fixture.accept([own, others].map((entity) => ({ shard: SHARD, entity, type: 'lockstep.breaker.opened' })));
    await world.admit(ids);
    for (const shard of [0, 1, 2, 3]) await world.stepOn(shard, endpoint);
    expect(await world.query('select event_id, endpoint from deliveries order by event_id, endpoint')).toEqual([{ event_id: ids[0], endpoint: watcher }, { event_id: ids[1], endpoint }]);
    expect(await world.query('select type, entity, data from operational_events')).toEqual([
      { type: 'lockstep.endpoint.caught_up', entity: own, data: { endpoint: own, startedAt: expect.stringMatching(/^20.*Z$/) as unknown } },
    ]);
    expect(await world.violations()).toEqual([]);
  });

  it('is audited once, when the last shard has finished', async () => {
    const endpoint = await world.create({ startAt: '-infinity' });
    const shards = [0, 1, 2, 3];
    const steps = await Promise.all(shards.map((shard) => world.stepOn(shard, endpoint)));
    expect(steps).toMatchObject(shards.map(() => ({ kind: 'stepped', finished: true })));
    expect(await world.caughtUp(endpoint)).toEqual([{ actor_type: 'system', detail: { startedAt: expect.any(String) } }]);
    expect(await world.query('select open_shards, finished_at is not null as finished from catch_ups')).toEqual([{ open_shards: 0, finished: true }]);
  });
});

describe('statements of one shard', () => {
  /** A statement that writes to the entity's lane waits until `release`. */
  async function holdLane(endpoint: number, entity: string): Promise<() => Promise<void>> {
    const session = await world.fixture.pool.connect();
    await session.query('begin');
    await session.query('select from lanes where endpoint = $1 and entity = $2 for update', [endpoint, entity]);
    return async () => {
      await session.query('commit');
      session.release();
    };
  }

  it('are serial: a step that has waited for an admission is refused, and then finds what that has admitted', async () => {
    const other = await world.create({});
    await world.admit(await accept('held'));
    const endpoint = await world.create({ startAt: '-infinity' });
    const [next = ''] = await accept('held');
    const release = await holdLane(other, 'held');
    const admission = world.admitOnce([next]);
    await world.untilWaiting('admission');
    const step = world.stepOnce(endpoint);
    const refused = expect(step).rejects.toMatchObject({ code: '40001' });
    await world.untilWaiting('step');
    await release();
    await admission;
    await refused;
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'held')).toHaveLength(2);
    expect(await world.violations()).toEqual([]);
  });

  it('are serial: so also an admission that began before the endpoint was created loses nothing for it', async () => {
    const other = await world.create({});
    await world.admit(await accept('held'));
    const [next = '', behind = ''] = await accept('held', 'free');
    const release = await holdLane(other, 'held');
    // Does not know the endpoint, and has not committed when its catch-up begins.
    const admission = world.admitOnce([next]);
    await world.untilWaiting('admission');
    const endpoint = await world.create({ startAt: '-infinity' });
    const step = world.step(endpoint, { scanned: 3, changed: 3 });
    await world.untilWaiting('step');
    await release();
    await admission;
    expect(await step).toMatchObject({ kind: 'stepped', deliveries: [{}, { eventId: next }] });
    await world.admit([behind]);
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'held')).toHaveLength(2);
    expect(await world.lane(endpoint, 'free')).toEqual([behind]);
    expect(await world.violations()).toEqual([]);
  });

  it('are serial: an admission that has waited for a step is refused, and then routes what that has passed', async () => {
    await world.admit(await accept('held'));
    const endpoint = await world.create({ startAt: '-infinity' });
    await world.step(endpoint, { scanned: 1, changed: 1 });
    const ids = await accept('held');
    await world.admit(ids);
    const [passed = ''] = await accept('free');
    const release = await holdLane(endpoint, 'held');
    const step = world.stepOnce(endpoint);
    await world.untilWaiting('step');
    const admission = world.admitOnce([passed]);
    const refused = expect(admission).rejects.toMatchObject({ code: '40001' });
    await world.untilWaiting('admission');
    await release();
    expect(await step).toMatchObject({ finished: true });
    await refused;
    expect(await world.admit([passed])).toMatchObject({ deliveries: [{ eventId: passed, endpoint }] });
    expect(await world.violations()).toEqual([]);
  });

  it('find every event after they waited for a row that has changed', async () => {
    await world.admit(await world.accept('a', 'b', 'c'));
    const endpoint = await world.create({ startAt: '-infinity' });
    const step = await whileChanged(world.fixture.pool, `update shard_cursors set caught_up_at = now() where shard = ${SHARD}`, () => world.stepOnce(endpoint));
    expect(step).toMatchObject({ finished: true, deliveries: [{ entity: 'a' }, { entity: 'b' }, { entity: 'c' }] });
  });

  it('do nothing for a former owner, and nothing twice when an answer was lost', async () => {
    await world.admit(await accept('a', 'a', 'a'));
    const endpoint = await world.create({ startAt: '-infinity' });
    const former = world.epoch;
    const limits = { scanned: 1, changed: 1 };
    const began = (await world.positionOf(endpoint)) ?? -1;
    await world.stepFrom(endpoint, began, limits);
    expect(await world.stepFrom(endpoint, began, limits)).toEqual({ kind: 'stale' });
    await world.takeOver();
    expect(await world.stepOnce(endpoint, limits, former)).toEqual({ kind: 'fenced' });
    await world.finish(endpoint, limits);
    expect(await world.stepFrom(endpoint, began, limits)).toEqual({ kind: 'stale' });
    expect(await world.lane(endpoint, 'a')).toHaveLength(3);
    expect(await world.violations()).toEqual([]);
  });
});

it('reads the next events and their inbox rows by index, however many there are', async () => {
  await world.query(`
    with made as materialized (
      select overlay(overlay(gen_random_uuid()::text placing '7' from 15) placing substring(uuid_floor(now())::text from 1 for 13) from 1)::uuid as id, n
      from generate_series(1, 20000) as n
    ),
    event as (
      insert into events (id, tenant, shard, type, entity, content_type, payload)
      select id, 'default', n % 4, 'order.created', 'entity-' || n % 100, 'application/json', convert_to(repeat('x', 200), 'UTF8') from made
    )
    insert into inbox (event_id, tenant, shard, routes) select id, 'default', n % 4, 0 from made`);
  await world.query('analyze events, inbox');
  const endpoint = await world.create({ startAt: '-infinity' });
  const plans: string[] = [];
  await new CatchUpsRepository(explaining(world.dispatcher.get(poolToken('catch-up')), plans)).step({ endpoint, shard: SHARD, position: 0, firstId: LEAST_ID }, world.epoch, { scanned: 2_500, changed: 250 });
  expect(plans[0]).toMatch(/Index Scan using events_\d+_shard_accept_seq_idx/);
  expect(plans[0]).not.toMatch(/Seq Scan on (events|inbox)/);
  // Sorted, all events would be looked up and judged by the filter, and not as many as there are deliveries to make.
  expect(plans[0]?.split('CTE ').find((part) => part.startsWith('matching'))).toMatch(/^matching\n *-> {2}Limit/);
  expect(plans[0]?.split('CTE ').find((part) => part.startsWith('matching'))).not.toContain('Sort');
  expect(await world.step(endpoint, { scanned: 2_500, changed: 250 })).toMatchObject({ finished: false });
});

describe('the ledger', () => {
  it('misses a delivery of a catch-up that is gone, and an event that an endpoint has not got', async () => {
    const [first = '', second = ''] = await accept('a', 'b');
    await world.admit([first, second]);
    const endpoint = await world.create({ startAt: '-infinity', ordering: 'none' });
    await world.finish(endpoint);
    await world.query('delete from deliveries where event_id = $1', [second]);
    expect((await world.violations()).map(({ kind, count }) => [kind, count])).toEqual([['catch_up_differs', 1], ['catch_up_missed', 1]]);
    await world.query('update catch_up_shards set routed = 1 where endpoint = $1 and shard = 0', [endpoint]);
    expect((await world.violations()).map(({ kind }) => kind)).toEqual(['catch_up_missed']);
    // Since then, nobody knows what should have been routed.
    await world.query("update endpoints set event_types = '{order.*}' where id = $1", [endpoint]);
    expect(await world.violations()).toEqual([]);
  });
});
