import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { allArrived, entitiesOn, findingsUnderLoad, SteadyLoad, untilNextArrivalMs } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { TcpProxy } from '#dev/testing/tcp-proxy';
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

const shardsOf = async (dispatcher: number): Promise<number> => (await system.dispatchers[dispatcher]?.metric('lockstep_owned_shards')) ?? -1;

describe('ownership', () => {
  it('survives a process that was frozen for longer than its leases: it gives its shards up when it wakes', async () => {
    system = await SystemUnderTest.start(servers, { dispatchers: 2 });
    await system.createEndpoint(receiver.url);
    await waitUntil('both have shards', async () => (await shardsOf(0)) === 2 && (await shardsOf(1)) === 2);
    const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 5), intervalMs: 20 });
    await waitUntil('deliveries', () => receiver.arrivals.length > 300);
    await system.dispatchers[1]?.signal('SIGSTOP');
    await waitUntil('the other has all shards', async () => (await shardsOf(0)) === SHARDS, 30_000);
    const taken = receiver.arrivals.length;
    await waitUntil('deliveries continue', () => receiver.arrivals.length > taken + 300);
    await system.dispatchers[1]?.signal('SIGCONT');
    // It finds that its leases belong to another owner, and joins the group again.
    await waitUntil('it is a member again', async () => (await shardsOf(1)) === 2, 30_000);
    const posted = await load.stop();
    await allArrived(receiver, posted);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    const twice = await system.query('select event_id from attempts where status_code between 200 and 299 group by event_id, endpoint, replay having count(*) > 1');
    expect(twice).toEqual([]);
  });

  it('goes to another dispatcher while Postgres is away for one alone, and is shared again when it comes back', async () => {
    const { hostname, port } = new URL(servers.databaseUrl);
    const proxy = await TcpProxy.start(hostname, Number(port));
    try {
      system = await SystemUnderTest.start(servers, { env: { LOCKSTEP_DRAIN_TIMEOUT: '1s' } });
      await system.createEndpoint(receiver.url);
      const throughProxy = new URL(system.databaseUrl);
      throughProxy.port = String(proxy.port);
      const cutOff = await system.launchDispatcher({ DATABASE_URL: throughProxy.toString() });
      await cutOff.ready();
      await waitUntil('both have shards', async () => (await shardsOf(0)) === 2 && (await shardsOf(1)) === 2);
      const load = SteadyLoad.start(system, { entities: entitiesOn(SHARDS, 3), intervalMs: 30 });
      await waitUntil('deliveries', () => receiver.arrivals.length > 100);
      proxy.cut();
      await waitUntil('the other one has all shards', async () => (await shardsOf(0)) === SHARDS, 30_000);
      const takenAtMs = performance.now();
      const deliveriesSince = (sinceMs: number) => waitUntil('deliveries on all shards', () => untilNextArrivalMs(receiver.arrivals, SHARDS, sinceMs).every(Number.isFinite));
      await deliveriesSince(takenAtMs);
      await waitUntil('it has given them up', async () => (await shardsOf(1)) === 0);
      proxy.restore();
      await waitUntil('it has shards again', async () => (await shardsOf(1)) === 2, 30_000);
      await deliveriesSince(performance.now());
      const posted = await load.stop();
      await allArrived(receiver, posted);
      expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });

  it('keeps a retry\'s time and the order behind it when the shard gets another owner before', async () => {
    const [delayMs, jitter] = [6_000, 0.2];
    system = await SystemUnderTest.start(servers, { dispatchers: 2, env: { LOCKSTEP_RETRY_SCHEDULE: '6s,6s' } });
    await system.createEndpoint(receiver.url);
    await waitUntil('both have shards', async () => (await shardsOf(0)) === 2 && (await shardsOf(1)) === 2);
    receiver.respond = ({ body, attempt }) => (body.includes('"n":1}') && attempt === 1 ? 500 : 200);
    const entities = entitiesOn(SHARDS, 2);
    const posted: { id: string; entity: string; sentAtMs: number }[] = [];
    for (const n of [1, 2]) for (const entity of entities) posted.push({ ...(await system.post(entity, { n })), sentAtMs: 0 });
    await waitUntil('the first attempts', () => receiver.arrivals.length === entities.length);
    await system.dispatchers[1]?.signal('SIGTERM');
    await waitUntil('the other has all shards', async () => (await shardsOf(0)) === SHARDS);
    // All of this within the wait, or the test shows nothing.
    expect(receiver.arrivals).toHaveLength(entities.length);
    await allArrived(receiver, posted);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    const waits = posted.slice(0, entities.length).map(({ id }) => {
      const [first, retry] = receiver.arrivals.filter(({ eventId }) => eventId === id);
      return (retry?.arrivedAtMs ?? Infinity) - (first?.endedAtMs ?? 0);
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(delayMs);
    // A head whose token belongs to the former owner is started by the sweep, within 1.5 s.
    expect(Math.max(...waits)).toBeLessThan(delayMs * (1 + jitter) + 4_000);
  });
});
