import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { allArrived, entitiesOn, findingsUnderLoad, SteadyLoad } from '#dev/testing/steady-load';
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

describe('when Kafka loses its topics', () => {
  it('creates them again under load and continues: nothing lost, in order', async () => {
    system = await SystemUnderTest.start(servers, { gateways: 2, dispatchers: 2 });
    await system.createEndpoint(receiver.url);
    const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 5), intervalMs: 20 });
    await waitUntil('some deliveries', () => receiver.arrivals.length > 200);
    await system.deleteTopics(servers);
    const before = receiver.arrivals.length;
    await waitUntil('deliveries again', () => receiver.arrivals.length > before + 1_000, 40_000);
    const posted = await load.stop();
    await allArrived(receiver, posted);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
  });
});
