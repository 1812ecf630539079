import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { type Accepted, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const ENTITIES = 24;
const ROUNDS = 20;

let system: SystemUnderTest;
let every: Receiver;
let large: Receiver;
let largeId: string;

beforeAll(async () => {
  [every, large] = [await Receiver.start(), await Receiver.start()];
  system = await SystemUnderTest.start(sharedServers(), { dispatchers: 2 });
  await system.createEndpoint(every.url);
  largeId = await system.createEndpoint(large.url, { filter: '$.data.total > 100' });
});

afterAll(async () => {
  await system.stop();
  await Promise.all([every.stop(), large.stop()]);
});

interface Ledger {
  readonly balanced: boolean;
  readonly violations: unknown[];
  readonly routes: { readonly total: number; readonly pending: number };
}

/** Posts an event to each entity, whose totals alternate from round to round. */
const postRound = (round: number): Promise<Accepted[]> =>
  Promise.all(Array.from({ length: ENTITIES }, (_, n) => system.post(`entity-${n}`, { total: (round + n) % 2 === 0 ? 500 : 50 })));

const totalOf = (body: string): number => (JSON.parse(body) as { data: { total: number } }).data.total;
const idsOf = ({ arrivals }: Receiver): Set<string> => new Set(arrivals.map(({ eventId }) => eventId));
const whenAllArrived = (receiver: Receiver, count: number): Promise<unknown> => waitUntil(() => `${count} events to arrive, ${idsOf(receiver).size} have`, () => idsOf(receiver).size >= count, 45_000);

describe('a filter, with two dispatchers', () => {
  it('lets those events through that match it, in order and without gaps, while a dispatcher is killed', async () => {
    const accepted: Accepted[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      accepted.push(...(await postRound(round)));
      if (round === ROUNDS / 2) await system.dispatchers[0]?.signal('SIGKILL');
    }
    system.dispatchers[0]?.start();
    await Promise.all([whenAllArrived(every, accepted.length), whenAllArrived(large, accepted.length / 2)]);
    expect(idsOf(large)).toEqual(new Set(every.arrivals.filter(({ body }) => totalOf(body) > 100).map(({ eventId }) => eventId)));
    expect([every, large].flatMap(({ arrivals }) => findingsIn(arrivals, { takeovers: true }))).toEqual([]);
  });

  it('stands in the timeline, and the ledger balances', async () => {
    const [accepted] = every.arrivals.filter(({ body }) => totalOf(body) <= 100);
    const { data } = (await system.call('GET', `/v1/events/${accepted?.eventId}/timeline?endpoint=${largeId}`)) as { data: { kind: string }[] };
    expect(data).toMatchObject([{ kind: 'accepted' }, { kind: 'admitted', routes: 1, filtered: 1 }, { kind: 'filtered', endpoint: largeId }]);
    await waitUntil('the ledger to have nothing pending', async () => ((await system.call('GET', '/v1/ledger')) as Ledger).routes.pending === 0);
    expect(await system.call('GET', '/v1/ledger')).toMatchObject({ balanced: true, violations: [], routes: { total: (ENTITIES * ROUNDS * 3) / 2 } });
  });

  it('holds, once a change of it is answered, for every event that is posted afterwards', async () => {
    const before = idsOf(large).size;
    for (let round = 0; round < 10; round++) {
      const [filter, limit] = round % 2 === 0 ? ['$.data.total <= 100', 50] : ['$.data.total > 100', 500];
      await system.call('PATCH', `/v1/endpoints/${largeId}`, { filter });
      const seen = large.arrivals.length;
      const posted = await postRound(round);
      await whenAllArrived(large, before + ((round + 1) * ENTITIES) / 2);
      await waitUntil('the admission of all', async () => (await system.query(`select from inbox where event_id in (${posted.map(({ id }) => `'${id.slice(4)}'`).join()})`)).length === posted.length);
      expect(large.arrivals.slice(seen).map(({ body }) => totalOf(body))).toEqual(Array<number>(ENTITIES / 2).fill(Number(limit)));
    }
  });

  it('counts what it holds back', async () => {
    const counted = await Promise.all(system.dispatchers.map((dispatcher) => dispatcher.metric('lockstep_deliveries_filtered_total')));
    const [row] = await system.query<{ filtered: string }>('select sum(filtered) as filtered from inbox');
    // The counts of a killed process are lost.
    expect(Number(row?.filtered)).toBe((ENTITIES * (ROUNDS + 10)) / 2);
    expect(counted.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBeGreaterThan(0);
  });
});
