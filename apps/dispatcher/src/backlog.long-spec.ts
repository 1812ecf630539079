import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Arrival } from '#dev/testing/arrivals';
import { freePort } from '#dev/testing/free-port';
import { Receiver } from '#dev/testing/receiver';
import { type Servers, startServers } from '#dev/testing/servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const LANES = 100_000;
const LONG_LANE = 100_000;
const MAX_MEMORY_MB = 300;

let servers: Servers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(async () => {
  servers = await startServers();
  receiver = await Receiver.start();
  // So often that nothing ends as a dead letter in this test.
  system = await SystemUnderTest.start(servers, { env: { KAFKA_PARTITIONS: '8', LOCKSTEP_RETRY_SCHEDULE: Array.from({ length: 50 }, () => '2s').join(',') } });
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
  await servers.stop();
});

/** Admitted deliveries, as the gateway and admission would have left them: a lane with many, and many lanes with one. */
async function writeBacklog(endpoint: string): Promise<void> {
  const uuid = endpoint.replace('ep_', '');
  await system.query(`
    with lane as (
      insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
      select 'default', p.id, 'backlog-' || n, n % 8, case n when 0 then ${LONG_LANE} else 1 end
      from endpoints p, generate_series(0, ${LANES}) as n
      where p.public_id = '${uuid}'
      returning *
    ),
    -- UUIDv7, all of one moment.
    made as materialized (
      select overlay(overlay(gen_random_uuid()::text placing '7' from 15) placing substring(uuid_floor(now())::text from 1 for 13) from 1)::uuid as id, lane.id as lane, lane.endpoint, lane.shard, lane.entity, sequence
      from lane, generate_series(1, lane.tail_sequence) as sequence
    ),
    event as (
      insert into events (id, tenant, shard, type, entity, content_type, payload)
      select id, 'default', shard, 'backlog.made', entity, 'application/json', '{}' from made
    ),
    admission as (
      insert into inbox (event_id, tenant, shard, routes) select id, 'default', shard, 1 from made
    )
    insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)
    select id, endpoint, 'default', shard, lane, sequence from made`);
  await system.query('analyze');
}

/** Largest resident memory so far, in MB. */
function peakMemoryMb(pid: number | undefined): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

/** Posts one event after the other to the healthy endpoint; the longest time to an arrival, in milliseconds. */
async function longestDelivery(events: number): Promise<number> {
  let longest = 0;
  for (let i = 0; i < events; i++) {
    const sentAtMs = performance.now();
    const { id } = await system.post(`order-${i % 10}`, { i });
    const arrival = await waitUntil('the healthy endpoint to get its event', () => receiver.arrivals.find(({ eventId }) => eventId === id), 30_000);
    longest = Math.max(longest, arrival.arrivedAtMs - sentAtMs);
  }
  return longest;
}

/** Each sequence arrived first after the one before it. */
function isInOrder(lane: readonly Arrival[]): boolean {
  return [...new Set(lane.map(({ sequence }) => sequence))].every((sequence, i) => sequence === i + 1);
}

it('200,000 events for an endpoint that is down: bounded memory, others do not notice, a restart takes seconds, and it drains in order', async () => {
  const dispatcher = system.dispatchers[0];
  await system.createEndpoint(receiver.url, { eventTypes: ['order.changed'] });
  const down = await system.createEndpoint(`http://127.0.0.1:${await freePort()}/hook`, { eventTypes: ['backlog.made'] });
  await dispatcher?.signal('SIGTERM');
  await writeBacklog(down);
  dispatcher?.start();
  await dispatcher?.ready();
  await waitUntil('the backlog to be in memory', async () => ((await dispatcher?.metric('lockstep_lanes{state="ready"}')) ?? 0) + ((await dispatcher?.metric('lockstep_lanes{state="waiting"}')) ?? 0) > LANES * 0.8, 60_000);
  expect(await longestDelivery(100)).toBeLessThan(5_000);

  await dispatcher?.signal('SIGKILL');
  dispatcher?.start();
  const restartedAtMs = performance.now();
  await longestDelivery(1);
  expect(performance.now() - restartedAtMs).toBeLessThan(30_000);

  await system.call('PATCH', `/v1/endpoints/${down}`, { url: receiver.url });
  const ofBacklog = (): number => receiver.arrivals.filter(({ entity, status }) => entity.startsWith('backlog-') && status === 200).length;
  // The long lane is bound by its round trips: a part of it will do.
  await waitUntil(() => `the backlog to drain, ${ofBacklog()} arrived`, async () => (await system.query('select from lanes where tail_sequence = 1 and closed_sequence = 0 limit 1')).length === 0 && ofBacklog() > LANES + 10_000, 600_000);
  const lanes = Map.groupBy(receiver.arrivals.filter(({ entity }) => entity.startsWith('backlog-')), ({ entity }) => entity);
  expect([...lanes.values()].filter((lane) => !isInOrder(lane))).toEqual([]);
  const memory = { dispatcher: peakMemoryMb(dispatcher?.pid), gateway: peakMemoryMb(system.gateways[0]?.pid) };
  console.log(`Peak memory in MB: ${JSON.stringify(memory)}`);
  expect(memory.dispatcher).toBeLessThan(MAX_MEMORY_MB);
  expect(memory.gateway).toBeLessThan(MAX_MEMORY_MB);
}, 900_000);
