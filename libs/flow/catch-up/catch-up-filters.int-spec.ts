import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CatchUpWorld, SHARD } from './fixtures/catch-up-world.js';

const LARGE = '{"total":150}';
const SMALL = '{"total":50}';
const FILTER = '$.total > 100';

let world: CatchUpWorld;

beforeAll(async () => {
  world = await CatchUpWorld.open();
});

afterAll(() => world.close());

beforeEach(() => world.reset());

/** What the admissions of these events have noted. */
function inboxOf(ids: readonly string[]): Promise<object[]> {
  return world.query('select i.routes, i.filtered, i.filtered_endpoints as endpoints from unnest($1::uuid[]) with ordinality as e (id, n) join inbox i on i.event_id = e.id order by n', [ids]);
}

describe('a catch-up of an endpoint with a filter', () => {
  it('routes only what matches, as admission does after the switch, in order and without a gap', async () => {
    const other = await world.create({});
    const past = await world.acceptBodies('a', LARGE, SMALL, LARGE, 'not JSON', LARGE);
    await world.admit(past);
    const endpoint = await world.create({ startAt: '-infinity', filter: FILTER });
    const limits = { scanned: 9, changed: 2 };
    expect(await world.step(endpoint, limits)).toMatchObject({ finished: false, filtered: 1, deliveries: [{ eventId: past[0] }, { eventId: past[2], place: { sequence: 2 } }] });
    // Left to the catch-up, which judges it: the admission has filtered nothing.
    const during = await world.acceptBodies('a', SMALL, LARGE);
    expect(await world.admit(during)).toMatchObject({ filtered: 0, deliveries: [{ endpoint: other }, { endpoint: other }] });
    expect(await inboxOf(during)).toEqual(during.map(() => ({ routes: 1, filtered: null, endpoints: null })));
    expect(await world.step(endpoint, limits)).toMatchObject({ finished: false, filtered: 2, deliveries: [{ eventId: past[4] }, { eventId: during[1] }] });
    await world.finish(endpoint, limits);
    const live = await world.acceptBodies('a', LARGE, SMALL);
    expect(await world.admit(live)).toMatchObject({ filtered: 1 });
    expect(await inboxOf(live)).toEqual([{ routes: 2, filtered: null, endpoints: null }, { routes: 1, filtered: 1, endpoints: [endpoint] }]);
    expect(await world.lane(endpoint, 'a')).toEqual([past[0], past[2], past[4], during[1], live[0]]);
    expect(await world.query('select tail_sequence from lanes where endpoint = $1', [endpoint])).toEqual([{ tail_sequence: 5 }]);
    expect(await world.violations()).toEqual([]);
  });

  it('leaves what it has passed before its admission to that admission, with the filter, beside endpoints that catch up still', async () => {
    const [late = '', refused = '', passed = ''] = await world.acceptBodies('a', LARGE, SMALL, LARGE);
    await world.admit([passed]);
    const [endpoint, behind] = [await world.create({ startAt: '-infinity', filter: FILTER }), await world.create({ startAt: '-infinity', filter: '$.total > 0' })];
    await world.step(endpoint, { scanned: 3, changed: 9 });
    expect(await world.admit([late, refused])).toMatchObject({ filtered: 1, deliveries: [{ eventId: late, endpoint }] });
    expect(await inboxOf([late, refused])).toEqual([{ routes: 1, filtered: null, endpoints: null }, { routes: 0, filtered: 1, endpoints: [endpoint] }]);
    await world.finish(endpoint);
    await world.finish(behind);
    expect(await world.lane(behind, 'a')).toEqual([late, refused, passed]);
    expect(await world.lane(endpoint, 'a')).toEqual([passed, late]);
    expect(await world.violations()).toEqual([]);
  });

  it('does not ask the filter about events that name the endpoint', async () => {
    const endpoint = await world.create({ startAt: '-infinity', filter: FILTER });
    const named = await world.fixture.accept([{ shard: SHARD, entity: 'a', payload: Buffer.from(SMALL), destination: endpoint }]);
    await world.admit(named);
    expect(await world.step(endpoint)).toMatchObject({ finished: true, filtered: 0, deliveries: [{ eventId: named[0] }] });
    expect(await world.violations()).toEqual([]);
  });

  it('follows a change of the filter from the next step on', async () => {
    const past = await world.acceptBodies('a', LARGE, SMALL, LARGE, SMALL);
    await world.admit(past);
    const endpoint = await world.create({ startAt: '-infinity', filter: FILTER });
    await world.step(endpoint, { scanned: 2, changed: 2 });
    await world.query("update endpoints set filter = '$.total < 100' where id = $1", [endpoint]);
    await world.finish(endpoint);
    expect(await world.lane(endpoint, 'a')).toEqual([past[0], past[3]]);
    expect(await world.violations()).toEqual([]);
  });

  it('looks at fewer events a step when the filter reads much, but at one at least', async () => {
    const bodies = Array.from({ length: 5 }, (_, n) => `{"total":${n === 2 ? 150 : 50},"a":"${'x'.repeat(16_384)}"}`);
    const past = await world.acceptBodies('a', ...bodies);
    await world.admit(past);
    const endpoint = await world.create({ startAt: '-infinity', filter: FILTER, filterPasses: 4 });
    const sequenceOf = async (id: string | undefined): Promise<number | undefined> => (await world.query<{ accept_seq: number }>('select accept_seq from events where id = $1', [id]))[0]?.accept_seq;
    // The first may read 64 KiB, and so the second is too much for three times 16 KiB.
    expect(await world.step(endpoint, { scanned: 9, changed: 3 })).toMatchObject({ finished: false, filtered: 1, deliveries: [], position: await sequenceOf(past[0]) });
    expect(await world.step(endpoint, { scanned: 9, changed: 8 })).toMatchObject({ finished: false, filtered: 1, deliveries: [{ eventId: past[2] }], position: await sequenceOf(past[2]) });
    expect(await world.step(endpoint, { scanned: 9, changed: 9 })).toMatchObject({ finished: true, filtered: 2, position: await sequenceOf(past[4]) });
    await world.finish(endpoint);
    expect(await world.violations()).toEqual([]);
  });
});

describe('the ledger', () => {
  it('misses what matches an endpoint that has not got it, and nothing that its filter refuses or has refused', async () => {
    const past = await world.acceptBodies('a', LARGE, SMALL);
    await world.admit(past);
    const endpoint = await world.create({ startAt: '-infinity', filter: FILTER, ordering: 'none' });
    await world.finish(endpoint);
    // With another filter of many passes, both match nothing: the body is too large for them together.
    const costly = await world.create({ filter: FILTER, filterPasses: 5_000 });
    const live = await world.acceptBodies('a', `{"total":150,"a":"${'x'.repeat(15_000)}"}`);
    await world.admit(live);
    expect(await inboxOf(live)).toEqual([{ routes: 0, filtered: 2, endpoints: [endpoint, costly] }]);
    expect(await world.violations()).toEqual([]);
    await world.query('delete from deliveries where event_id = $1', [past[0]]);
    await world.query('update catch_up_shards set routed = 0 where endpoint = $1', [endpoint]);
    expect((await world.violations()).map(({ kind, count }) => [kind, count])).toEqual([['catch_up_missed', 1]]);
    // Since then, nobody knows what should have been routed.
    await world.query("update endpoints set filter = '$.total > 10' where id = $1", [endpoint]);
    expect(await world.violations()).toEqual([]);
  });
});
