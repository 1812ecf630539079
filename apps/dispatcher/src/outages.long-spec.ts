import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { type Servers, startServers } from '#dev/testing/servers';
import { allArrived, entitiesOn, findingsUnderLoad, type Posted, SteadyLoad } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const SHARDS = 4;
/** Reconnecting, rejoining, taking shards over: what a process may take after a server has come back. */
const BACK_MS = 60_000;

let servers: Servers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeEach(async () => {
  servers = await startServers();
  receiver = await Receiver.start();
  system = await SystemUnderTest.start(servers, { gateways: 2, dispatchers: 2 });
  await system.createEndpoint(receiver.url);
}, 120_000);

afterEach(async () => {
  await system.stop();
  await receiver.stop();
  await servers.stop();
});

const arrived = (more: number, timeoutMs = BACK_MS): Promise<unknown> => {
  const before = receiver.arrivals.length;
  return waitUntil(() => `${more} more arrivals, have ${receiver.arrivals.length - before}`, () => receiver.arrivals.length >= before + more, timeoutMs);
};
const startLoad = (): SteadyLoad => SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 2), intervalMs: 50 });

/** Nothing lost, in order, and one success each on record. */
async function expectAllWell(load: SteadyLoad): Promise<readonly Posted[]> {
  const posted = await load.stop();
  await allArrived(receiver, posted, BACK_MS);
  expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
  await waitUntil('all outcomes', async () => (await system.query<{ n: number }>("select count(*)::int as n from deliveries where status <> 'delivered'"))[0]?.n === 0);
  expect(await system.query('select event_id from attempts where status_code between 200 and 299 group by event_id, endpoint, replay having count(*) > 1')).toEqual([]);
  return posted;
}

async function restart(server: 'kafka' | 'postgres'): Promise<number> {
  await servers[server].kill();
  await servers[server].start();
  const startedAtMs = performance.now();
  await arrived(200);
  return Math.round(performance.now() - startedAtMs);
}

describe('outages', () => {
  it('Kafka is killed under load and comes back', async () => {
    const load = startLoad();
    await arrived(300);
    console.log(`Deliveries ${await restart('kafka')} ms after Kafka was back`);
    await expectAllWell(load);
  }, 240_000);

  it('Postgres is killed under load and comes back', async () => {
    const load = startLoad();
    await arrived(300);
    console.log(`Deliveries ${await restart('postgres')} ms after Postgres was back`);
    await expectAllWell(load);
  }, 240_000);

  it('Kafka is away for minutes: the gateway accepts, and what it accepted comes in order afterwards', async () => {
    const load = startLoad();
    await arrived(300);
    await servers.kafka.kill();
    const wentAtMs = performance.now();
    const degraded = async (gateway: number) => {
      const answer = await fetch(`${system.gateways[gateway]?.url}/health/ready`);
      return answer.status === 200 && ((await answer.json()) as { status: string }).status === 'degraded';
    };
    await waitUntil('both gateways degraded, and still ready', async () => (await degraded(0)) && (await degraded(1)), 30_000);
    const accepted = load.posted.length;
    await waitUntil('three minutes', () => performance.now() - wentAtMs > 180_000, 190_000);
    const during = load.posted.length - accepted;
    expect(during).toBeGreaterThan(300);
    await servers.kafka.start();
    const backAtMs = performance.now();
    await arrived(during, 150_000);
    console.log(`${during} events accepted without Kafka; delivered ${Math.round(performance.now() - backAtMs)} ms after it was back`);
    await expectAllWell(load);
  }, 500_000);

  it('all dispatchers are gone, then one comes', async () => {
    const load = startLoad();
    await arrived(300);
    await Promise.all(system.dispatchers.map((dispatcher) => dispatcher.signal('SIGKILL')));
    const accepted = load.posted.length;
    await waitUntil('many accepted', () => load.posted.length > accepted + 500, BACK_MS);
    const startedAtMs = performance.now();
    system.dispatchers[0]?.start();
    await arrived(500);
    console.log(`500 delivered ${Math.round(performance.now() - startedAtMs)} ms after the start of one`);
    await expectAllWell(load);
  }, 240_000);
});
