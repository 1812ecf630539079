import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { allArrived, entitiesOn, findingsUnderLoad } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const SHARDS = 4;

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

const count = async (from: string): Promise<number> => (await system.query<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n ?? -1;
const relayed = (): Promise<unknown> => waitUntil('all in Kafka', async () => (await count('outbox')) === 0);

async function repairedBy(): Promise<number> {
  const counts = await Promise.all(system.dispatchers.map((dispatcher) => dispatcher.metric('lockstep_repaired_events_total')));
  return counts.reduce((sum, n) => sum + n, 0);
}

describe('when Kafka loses its topics', () => {
  it('admits from Postgres what only they held: behind a log that has grown beyond the old one, and on a quiet shard', async () => {
    system = await SystemUnderTest.start(servers);
    await system.createEndpoint(receiver.url);
    const [quiet = '', busy = ''] = entitiesOn(SHARDS, 1);
    const first = [await system.post(quiet, { n: 1 }), await system.post(busy, { n: 1 })];
    await waitUntil('both delivered', () => first.every(({ id }) => receiver.delivered.has(id)));
    await system.dispatchers[0]?.signal('SIGKILL');
    const lost = [await system.post(quiet, { n: 2 }), await system.post(busy, { n: 2 })];
    await relayed();
    await system.deleteTopics(servers);
    const behind = [];
    for (let n = 3; n < 9; n++) behind.push(await system.post(busy, { n }));
    // The gateway creates the topics again.
    await relayed();
    system.dispatchers[0]?.start();
    const posted = [...first, ...lost, ...behind].map((accepted) => ({ ...accepted, sentAtMs: 0 }));
    await allArrived(receiver, posted);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    expect(await repairedBy()).toBeGreaterThanOrEqual(lost.length);
  });
});
