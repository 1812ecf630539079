import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { type Servers, startServers } from '#dev/testing/servers';
import { allArrived, entitiesOn, findingsUnderLoad, latenciesMs, longestGapsMs, percentile, SteadyLoad, untilNextArrivalMs } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const SHARDS = 4;
const DEFAULT_LEASE = { LOCKSTEP_LEASE_TTL: '10s' };

let servers: Servers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeEach(async () => {
  servers = await startServers();
  receiver = await Receiver.start();
}, 120_000);

afterEach(async () => {
  await system.stop();
  await receiver.stop();
  await servers.stop();
});

/** -1 while it isn't up. */
const shardsOf = async (dispatcher: number): Promise<number> => (await system.dispatchers[dispatcher]?.metric('lockstep_owned_shards').catch(() => -1)) ?? -1;
const startLoad = (): SteadyLoad => SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 3), intervalMs: 50 });
const arrivedSince = (sinceMs: number, timeoutMs = 30_000): Promise<unknown> =>
  waitUntil('deliveries on every shard', () => untilNextArrivalMs(receiver.arrivals, SHARDS, sinceMs).every(Number.isFinite), timeoutMs);

async function expectAllWell(load: SteadyLoad): Promise<void> {
  const posted = await load.stop();
  await allArrived(receiver, posted, 60_000);
  expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
}

async function spread(dispatchers: number): Promise<void> {
  await waitUntil(`${dispatchers} with ${SHARDS / dispatchers} shards each`, async () => {
    const counts = await Promise.all(Array.from({ length: dispatchers }, (_, i) => shardsOf(i)));
    return counts.every((count) => count === SHARDS / dispatchers);
  }, 60_000);
}

describe('handover', () => {
  it('recovers from kill -9 within 15 s, with the default lease', async () => {
    system = await SystemUnderTest.start(servers, { dispatchers: 2, env: DEFAULT_LEASE });
    await system.createEndpoint(receiver.url);
    await spread(2);
    const load = startLoad();
    await waitUntil('deliveries', () => receiver.arrivals.length > 300);
    const killedAtMs = performance.now();
    await system.dispatchers[1]?.signal('SIGKILL');
    // What had been sent still arrives in its last moments.
    await waitUntil('the other one has all shards', async () => (await shardsOf(0)) === SHARDS, 30_000);
    const takenAtMs = performance.now();
    await arrivedSince(takenAtMs);
    const gaps = longestGapsMs(receiver.arrivals, SHARDS, killedAtMs, performance.now());
    console.log(`kill -9: the longest silence of each shard was ${gaps.join(', ')} ms`);
    expect(Math.max(...gaps)).toBeLessThan(15_000);
    await expectAllWell(load);
  }, 180_000);

  it('goes from 1 dispatcher to 4 and back under load; those who keep a shard keep delivering', async () => {
    system = await SystemUnderTest.start(servers, { env: DEFAULT_LEASE });
    await system.createEndpoint(receiver.url);
    const load = startLoad();
    await waitUntil('deliveries', () => receiver.arrivals.length > 300);
    const fromMs = performance.now();
    for (let i = 1; i < 4; i++) await system.launchDispatcher();
    await spread(4);
    const spreadAtMs = performance.now();
    await arrivedSince(spreadAtMs);
    console.log(`1 to 4: the longest silence of each shard was ${longestGapsMs(receiver.arrivals, SHARDS, fromMs, performance.now()).join(', ')} ms`);
    const backMs = performance.now();
    expect(await Promise.all(system.dispatchers.slice(1).map((dispatcher) => dispatcher.signal('SIGTERM')))).toEqual([0, 0, 0]);
    await spread(1);
    await arrivedSince(performance.now());
    const gaps = longestGapsMs(receiver.arrivals, SHARDS, fromMs, performance.now());
    console.log(`4 to 1: the longest silence of each shard was ${longestGapsMs(receiver.arrivals, SHARDS, backMs, performance.now()).join(', ')} ms`);
    expect(Math.max(...gaps)).toBeLessThan(15_000);
    await expectAllWell(load);
  }, 240_000);

  it('restarts every process, one after the other, under load', async () => {
    system = await SystemUnderTest.start(servers, { gateways: 2, dispatchers: 2, env: DEFAULT_LEASE });
    await system.createEndpoint(receiver.url);
    await spread(2);
    const load = startLoad();
    await waitUntil('deliveries', () => receiver.arrivals.length > 300);
    const fromMs = performance.now();
    for (const app of [...system.gateways, ...system.dispatchers]) {
      const stoppedAtMs = performance.now();
      expect(await app.signal('SIGTERM')).toBe(0);
      const endedAtMs = performance.now();
      app.start();
      await app.ready();
      console.log(`Ended after ${Math.round(endedAtMs - stoppedAtMs)} ms, ready ${Math.round(performance.now() - endedAtMs)} ms later; silence of each shard ${longestGapsMs(receiver.arrivals, SHARDS, stoppedAtMs, performance.now()).join(', ')} ms`);
    }
    await spread(2);
    await arrivedSince(performance.now());
    await expectAllWell(load);
    const latencies = latenciesMs(receiver.arrivals, load.posted);
    const gaps = longestGapsMs(receiver.arrivals, SHARDS, fromMs, receiver.arrivals.at(-1)?.arrivedAtMs ?? fromMs);
    console.log(`Rolling restart, ${latencies.length} events: p50 ${Math.round(percentile(latencies, 0.5))} ms, p99 ${Math.round(percentile(latencies, 0.99))} ms, most ${Math.round(latencies.at(-1) ?? 0)} ms; longest silence ${gaps.join(', ')} ms`);
    expect(percentile(latencies, 0.99)).toBeLessThan(5_000);
  }, 240_000);
});
