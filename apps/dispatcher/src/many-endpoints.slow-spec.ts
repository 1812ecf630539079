import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const ENDPOINTS = 1_000;
const EVENTS = 600;
const ADMISSION_TIMEOUT_MS = 240_000;

let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(async () => {
  receiver = await Receiver.start();
  // The default lease: with the short one of other tests, a busy machine would not renew it in time.
  system = await SystemUnderTest.start(sharedServers(), { env: { LOCKSTEP_LEASE_TTL: '10s' } });
});

afterAll(async () => {
  await system.stop();
  await receiver.stop();
});

it('admits 600 events for 1,000 endpoints each in order, and delivers the events of other entities meanwhile', async () => {
  await system.createEndpoint(receiver.url, { eventTypes: ['order.changed'] });
  // Paused, because this is about admission: 600,000 requests would be about the receiver.
  await system.query(`insert into endpoints (public_id, tenant, url, event_types, status) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/' || n, '{crowd.event}', 'paused' from generate_series(1, ${ENDPOINTS}) n`);
  const [dispatcher] = system.dispatchers;
  await dispatcher?.signal('SIGTERM');
  const posted: string[] = [];
  for (let n = 0; n < EVENTS; n++) posted.push(((await system.call('POST', '/v1/events', { type: 'crowd.event', entity: 'crowd', data: { n } })) as { id: string }).id);
  dispatcher?.start();
  const admitted = async (): Promise<number> => Number((await system.query<{ n: string }>("select count(*) as n from inbox i join events e on e.id = i.event_id where e.type = 'crowd.event'"))[0]?.n);
  await waitUntil('the first events admitted', async () => (await admitted()) > 0, 60_000);
  // Of other shards and of the same one.
  const others: string[] = [];
  for (let n = 0; n < 40; n++) others.push((await system.post(`other ${n}`, { n })).id);
  const [row] = await system.query<{ shard: number }>("select shard from events where entity = 'crowd' limit 1");
  const outside = new Set((await system.query<{ id: string; shard: number }>("select id, shard from events where type = 'order.changed'")).filter(({ shard }) => shard !== row?.shard).map(({ id }) => `evt_${id.replaceAll('-', '')}`));
  expect(outside.size).toBeGreaterThan(0);
  await waitUntil('the events of other shards delivered', () => [...outside].every((id) => receiver.delivered.has(id)), 60_000);
  expect(await admitted()).toBeLessThan(EVENTS);
  await waitUntil('everything admitted', async () => (await admitted()) === EVENTS, ADMISSION_TIMEOUT_MS);
  await waitUntil('the events of the same shard delivered', () => others.every((id) => receiver.delivered.has(id)), 60_000);
  const disordered = await system.query(`
    select from (
      select d.sequence, row_number() over (partition by d.lane order by e.accept_seq) as place
      from deliveries d join events e on e.id = d.event_id where e.type = 'crowd.event'
    ) d where d.sequence <> d.place`);
  expect(disordered).toEqual([]);
  const [lanes] = await system.query<{ n: string; shortest: string }>("select count(*) as n, min(tail_sequence) as shortest from lanes where entity = 'crowd'");
  expect(lanes).toEqual({ n: String(ENDPOINTS), shortest: String(EVENTS) });
}, 600_000);
