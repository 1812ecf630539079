import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { type Accepted, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { allDelivered, postRounds } from '../fixtures/rounds.js';

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(() => {
  servers = sharedServers();
});

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

describe('delivery', () => {
  it('relays and delivers what a gateway had accepted when it was killed', async () => {
    system = await SystemUnderTest.start(servers, { gateways: 2 });
    await system.createEndpoint(receiver.url);
    const answers = await Promise.allSettled([
      ...Array.from({ length: 200 }, (_, i) => system.post(`entity-${i % 40}`, { round: 1 }, 0)),
      waitUntil('the gateway at work', async () => (await system.gateways[0]?.metric('lockstep_events_accepted_total{source="api",operation="post"}') ?? 0) > 0).then(() => system.gateways[0]?.signal('SIGKILL')),
    ]);
    const accepted = answers.slice(0, 200).filter((answer): answer is PromiseFulfilledResult<Accepted> => answer.status === 'fulfilled').map(({ value }) => value);
    await allDelivered(receiver, accepted);
    const [stored] = await system.query<{ events: number }>('select count(*)::int as events from events');
    await waitUntil('what was committed but not answered', () => receiver.delivered.size === stored?.events);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
  });

  it('discards what waits for an endpoint that is deleted, and leaves the others alone', async () => {
    system = await SystemUnderTest.start(servers);
    const other = await Receiver.start();
    try {
      const failing = await system.createEndpoint(receiver.url);
      await system.createEndpoint(other.url);
      receiver.respond = () => 500;
      const accepted = await postRounds(system, 10, 3);
      await waitUntil('the others delivered', () => other.delivered.size === accepted.length);
      await system.call('DELETE', `/v1/endpoints/${failing}`);
      await waitUntil('all discarded', async () => (await system.query<{ n: number }>("select count(*)::int as n from deliveries where status = 'pending'"))[0]?.n === 0);
      const states = await system.query("select status, count(*)::int as n from deliveries group by status order by status::text");
      expect(states).toEqual([{ status: 'delivered', n: 30 }, { status: 'discarded', n: 30 }]);
      await system.post('entity-1', { round: 4 });
      await waitUntil('the next one delivered', () => other.delivered.size === accepted.length + 1);
    } finally {
      await other.stop();
    }
  });

  it('waits while an endpoint is paused, and continues where it stopped', async () => {
    system = await SystemUnderTest.start(servers);
    const endpoint = await system.createEndpoint(receiver.url);
    const posted = await postRounds(system, 5, 1);
    await allDelivered(receiver, posted);
    await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
    const dispatcher = system.dispatchers[0];
    // The dispatcher hears of it a moment later: until then events are delivered.
    await waitUntil('the lanes blocked', async () => {
      posted.push(...(await postRounds(system, 5, 1)));
      return (await dispatcher?.metric('lockstep_lanes{state="blocked"}')) === 5;
    });
    const before = receiver.arrivals.length;
    posted.push(...(await postRounds(system, 5, 2)));
    await waitUntil('all else waiting', async () => {
      const { data } = (await system.call('GET', `/v1/lanes?endpoint=${endpoint}`)) as { data: { depth: number }[] };
      return data.reduce((sum, { depth }) => sum + depth, 0) === posted.length - before;
    });
    expect(receiver.arrivals.length).toBe(before);
    await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
    await allDelivered(receiver, posted);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
  });
});
