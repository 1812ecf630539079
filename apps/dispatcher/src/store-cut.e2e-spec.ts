import { expect, it } from '@jest/globals';
import { Receiver } from '#testing/receiver';
import { startServers } from '#testing/servers';
import { allArrived, entitiesOn, findingsUnderLoad, SteadyLoad, untilNextArrivalMs } from '#testing/steady-load';
import { SystemUnderTest } from '#testing/system';
import { TcpProxy } from '#testing/tcp-proxy';
import { waitUntil } from '#testing/wait-until';

const SHARDS = 4;

it('gives its shards to another dispatcher while Postgres is away for it alone, and comes back for them', async () => {
  const servers = await startServers();
  const receiver = await Receiver.start();
  const { hostname, port } = new URL(servers.databaseUrl);
  const proxy = await TcpProxy.start(hostname, Number(port));
  const system = await SystemUnderTest.start(servers, { env: { LOCKSTEP_DRAIN_TIMEOUT: '1s' } });
  try {
    await system.createEndpoint(receiver.url);
    const throughProxy = new URL(system.databaseUrl);
    throughProxy.port = String(proxy.port);
    const cutOff = await system.launchDispatcher({ DATABASE_URL: throughProxy.toString() });
    await cutOff.ready();
    const shardsOf = (dispatcher = cutOff) => dispatcher.metric('lockstep_owned_shards');
    await waitUntil('both have shards', async () => (await shardsOf()) === 2 && (await shardsOf(system.dispatchers[0])) === 2);

    const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 3), intervalMs: 30 });
    await waitUntil('deliveries', () => receiver.arrivals.length > 100);
    proxy.cut();
    const cutAtMs = performance.now();
    await waitUntil('the other one has all shards', async () => (await shardsOf(system.dispatchers[0])) === SHARDS);
    const takenAtMs = performance.now();
    await waitUntil('deliveries on all shards', () => untilNextArrivalMs(receiver.arrivals, SHARDS, takenAtMs).every(Number.isFinite));
    await waitUntil('it has given them up', async () => (await shardsOf()) === 0);
    proxy.restore();
    await waitUntil('it has shards again', async () => (await shardsOf()) === 2);
    const backAtMs = performance.now();
    await waitUntil('deliveries on all shards', () => untilNextArrivalMs(receiver.arrivals, SHARDS, backAtMs).every(Number.isFinite));

    const posted = await load.stop();
    await allArrived(receiver, posted);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    console.log(`Taken over ${Math.round(takenAtMs - cutAtMs)} ms after the cut, with a lease of 3 s`);
  } finally {
    await system.stop();
    await proxy.stop();
    await receiver.stop();
    await servers.stop();
  }
});
