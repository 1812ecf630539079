import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Receiver } from '#dev/testing/receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { allArrived, entitiesOn, findingsUnderLoad, type Posted, SteadyLoad } from '#dev/testing/steady-load';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { createPool } from '#ground/postgres/pool';
import { LedgerRepository } from '#manage/ledger/ledger.repository';

const SHARDS = 4;
/** Four steps on each shard. */
const PAST = 4_000;
const BATCH = 1_000;

let receiver: Receiver;
let system: SystemUnderTest;

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

/** Posts in turn over the entities. */
async function postPast(entities: readonly string[]): Promise<Posted[]> {
  const posted: Posted[] = [];
  for (let first = 0; first < PAST; first += BATCH) {
    const items = Array.from({ length: BATCH }, (_, i) => ({ type: 'order.changed', entity: entities[(first + i) % entities.length] ?? '', data: { n: first + i } }));
    const { results } = (await system.call('POST', '/v1/events/batch', items)) as { results: { id: string }[] };
    posted.push(...results.map(({ id }, i) => ({ id, entity: items[i]?.entity ?? '', sentAtMs: 0 })));
  }
  return posted;
}

async function violations(): Promise<unknown> {
  const pool = createPool({ databaseUrl: system.databaseUrl, applicationName: 'test', max: 2 });
  try {
    return (await new LedgerRepository(pool).read({})).violations;
  } finally {
    await pool.end();
  }
}

describe('an endpoint that begins in the past', () => {
  it('gets each kept event once and in order, then the new ones, with posts all along, a pause, and a dispatcher killed in the middle', async () => {
    system = await SystemUnderTest.start(sharedServers(), { dispatchers: 2 });
    const entities = entitiesOn(SHARDS, 10);
    const past = await postPast(entities);
    await waitUntil('the past to be admitted', async () => (await system.query('select from inbox')).length === past.length, 30_000);
    const load = SteadyLoad.start(system, { entities, intervalMs: 200 });
    await waitUntil('posts', () => load.posted.length > 100);
    const endpoint = await system.createEndpoint(receiver.url, { startAt: 'earliest' });
    const catchUp = async (): Promise<{ state: string; routed: number; remaining: number }> =>
      ((await system.call('GET', `/v1/endpoints/${endpoint}`)) as { catchUp: { state: string; routed: number; remaining: number } }).catchUp;
    await waitUntil('a part to be routed', async () => (await catchUp()).routed > 250);
    await system.dispatchers[0]?.signal('SIGKILL');
    await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
    system.dispatchers[0]?.start();
    await waitUntil('the past to be routed while nothing is sent', async () => (await catchUp()).state === 'done', 60_000);
    await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
    const since = load.posted.length;
    await waitUntil('more posts', () => load.posted.length > since + 200);
    const posted = [...past, ...(await load.stop())];
    await allArrived(receiver, posted, 60_000);
    expect(findingsUnderLoad(receiver.arrivals, posted)).toEqual([]);
    expect(await catchUp()).toMatchObject({ state: 'done', remaining: 0 });
    expect(await system.query("select from audit_log where action = 'endpoint.caught_up'")).toHaveLength(1);
    expect(await violations()).toEqual([]);
  }, 180_000);
});
