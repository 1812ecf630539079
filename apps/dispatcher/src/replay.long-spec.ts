import { expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { startServers } from '#dev/testing/servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const LANES = 5_000;
const PER_LANE = 20;
const LETTERS = LANES * PER_LANE;

/** Dead letters, as outcomes would have left them. */
function deadLettersOf(endpoint: string): string {
  return `
    with lane as (
      insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence)
      select 'default', p.id, 'dead-' || n, n % 8, ${PER_LANE}, ${PER_LANE}
      from endpoints p, generate_series(1, ${LANES}) as n
      where p.public_id = '${endpoint.replace('ep_', '')}'
      returning *
    ),
    -- UUIDv7, all of one moment.
    made as materialized (
      select overlay(overlay(gen_random_uuid()::text placing '7' from 15) placing substring(uuid_floor(now())::text from 1 for 13) from 1)::uuid as id, lane.id as lane, lane.endpoint, lane.shard, lane.entity, sequence
      from lane, generate_series(1, lane.tail_sequence) as sequence
    ),
    event as (
      insert into events (id, tenant, shard, type, entity, content_type, payload)
      select id, 'default', shard, 'order.made', entity, 'application/json', '{}' from made
    ),
    admission as (
      insert into inbox (event_id, tenant, shard, routes) select id, 'default', shard, 1 from made
    ),
    attempt as (
      insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms, status_code)
      select id, endpoint, 0, 1, 'default', 1, now(), 1, 500 from made
    )
    insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, dead_reason, finished_at)
    select id, endpoint, 'default', shard, lane, sequence, 'dead', 1, 'attempts_exhausted', now() from made`;
}

it('100,000 dead letters are replayed in order, by batches, through a kill -9', async () => {
  const servers = await startServers();
  const receiver = await Receiver.start();
  const system = await SystemUnderTest.start(servers, { env: { KAFKA_PARTITIONS: '8' } });
  try {
    const dispatcher = system.dispatchers[0];
    const endpoint = await system.createEndpoint(receiver.url, { maxConcurrency: 256 });
    await system.query(deadLettersOf(endpoint));
    await system.query('analyze');
    const progress = async (): Promise<{ status: string; applied: number }> => (await system.call('GET', `/v1/replays/${started.id}`)) as { status: string; applied: number };

    const askedAtMs = performance.now();
    const started = (await system.call('POST', '/v1/dead-letters/replay', { all: true })) as { id: string; matched: number };
    console.log(`Asked for in ${Math.round(performance.now() - askedAtMs)} ms`);
    expect(started.matched).toBe(LETTERS);
    await waitUntil('a part to be applied', async () => (await progress()).applied > 5_000);
    await dispatcher?.signal('SIGKILL');
    expect(await progress()).toMatchObject({ status: 'running' });
    dispatcher?.start();
    await waitUntil('all to be applied', async () => (await progress()).status === 'done', 60_000);
    expect((await progress()).applied).toBe(LETTERS);
    expect(await system.call('POST', '/v1/dead-letters/replay', { all: true })).toMatchObject({ matched: 0 });
    await waitUntil(() => `all to be delivered, ${receiver.delivered.size} are`, () => receiver.delivered.size === LETTERS, 240_000);
    console.log(`Delivered ${Math.round((performance.now() - askedAtMs) / 1_000)} s after it was asked for`);

    const lanes = Map.groupBy(receiver.arrivals, ({ entity }) => entity);
    const firsts = [...lanes.values()].map((lane) => [...new Set(lane.map(({ sequence }) => sequence))]);
    expect(firsts.filter((sequences) => sequences.some((sequence, i) => sequence !== i + 1))).toEqual([]);
    expect(receiver.arrivals.every(({ replayed, attempt }) => replayed && attempt === 2)).toBe(true);
    await waitUntil('the last outcomes', async () => (await system.query("select from deliveries where status <> 'delivered' limit 1")).length === 0);
    expect(await system.query('select id from lanes where replays <> 0')).toEqual([]);
  } finally {
    await system.stop();
    await receiver.stop();
    await servers.stop();
  }
}, 500_000);
