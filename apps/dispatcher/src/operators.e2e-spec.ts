import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Arrival } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(async () => {
  servers = sharedServers();
  system = await SystemUnderTest.start(servers, { env: { LOCKSTEP_RETRY_SCHEDULE: '100ms' } });
});

afterAll(async () => {
  await system.stop();
});

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  for (const { id } of (await list<{ id: string }>('/v1/endpoints')).data) await system.call('DELETE', `/v1/endpoints/${id}`);
  await receiver.stop();
});

interface Lane {
  readonly entity: string;
  readonly state: string;
  readonly reason: string | null;
  readonly depth: number;
  readonly head: { readonly sequence: number; readonly deadReason: string | null } | null;
}

const list = async <Item>(path: string): Promise<{ data: Item[] }> => (await system.call('GET', path)) as { data: Item[] };
const laneOf = (endpoint: string, entity: string): Promise<Lane> => system.call('GET', `/v1/lanes/${endpoint}/${entity}`) as Promise<Lane>;
const act = (endpoint: string, entity: string, action: string): Promise<Lane> => system.call('POST', `/v1/lanes/${endpoint}/${entity}/${action}`, { reason: 'test' }) as Promise<Lane>;
const arrivalsOf = (entity: string): readonly Arrival[] => receiver.arrivals.filter((arrival) => arrival.entity === entity);
const sent = (entity: string): string[] => arrivalsOf(entity).map(({ sequence, attempt, replayed }) => `${sequence}.${attempt}${replayed ? 'r' : ''}`);

async function post(entity: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push((await system.post(entity, { i })).id);
  return ids;
}

async function whenSent(entity: string, expected: readonly string[]): Promise<void> {
  await waitUntil(() => `${entity} to have been sent ${expected.join(' ')}, it was ${sent(entity).join(' ')}`, () => sent(entity).length >= expected.length);
  expect(sent(entity)).toEqual(expected);
}

async function whenDead(count: number): Promise<void> {
  await waitUntil(() => `${count} dead letters`, async () => (await list('/v1/dead-letters')).data.length === count);
}

async function whenDone(id: string): Promise<unknown> {
  await waitUntil(() => `${id} done`, async () => ((await system.call('GET', `/v1/replays/${id}`)) as { status: string }).status === 'done');
  return system.call('GET', `/v1/replays/${id}`);
}

async function metrics(): Promise<string> {
  return (await fetch(`${system.dispatchers[0]?.url ?? ''}/metrics`)).text();
}

/** What must be so whenever nothing is pending. */
async function expectLedgerClosed(): Promise<void> {
  await waitUntil(() => 'nothing pending', async () => (await list('/v1/deliveries?status=pending')).data.length === 0);
  expect(await system.query('select entity from lanes where replays <> 0 or closed_sequence <> tail_sequence')).toEqual([]);
}

describe('operators', () => {
  it('replay dead letters in order, with a fresh schedule, and the same replay again changes nothing', async () => {
    const endpoint = await system.createEndpoint(receiver.url);
    receiver.respond = () => 500;
    for (const entity of ['a', 'b']) await post(entity, 3);
    await whenDead(6);
    let failsOnce = true;
    receiver.respond = ({ entity, sequence }) => {
      const fails = entity === 'a' && sequence === 2 && failsOnce;
      if (fails) failsOnce = false;
      return fails ? 500 : 200;
    };
    await post('a', 1);
    await whenSent('a', ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2', '4.1']);
    await expect(system.call('POST', '/v1/dead-letters/replay', {})).rejects.toThrow(/400.*"all\\": true/);
    expect(await system.call('POST', '/v1/dead-letters/replay', { endpoint, dryRun: true })).toEqual({ matched: 6, dryRun: true });
    const started = (await system.call('POST', '/v1/dead-letters/replay', { endpoint })) as { id: string; matched: number };
    expect(started).toMatchObject({ matched: 6 });
    await whenSent('a', ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2', '4.1', '1.3r', '2.3r', '2.4r', '3.3r']);
    await whenSent('b', ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2', '1.3r', '2.3r', '3.3r']);
    expect(await whenDone(started.id)).toMatchObject({ status: 'done', matched: 6, applied: 6, filter: { endpoint } });
    expect(await system.call('POST', '/v1/dead-letters/replay', { all: true })).toMatchObject({ matched: 0 });
    await post('a', 1);
    await whenSent('a', ['1.1', '1.2', '2.1', '2.2', '3.1', '3.2', '4.1', '1.3r', '2.3r', '2.4r', '3.3r', '5.1']);
    await expectLedgerClosed();
    // The objective of deliveries is about those that were due when their event came.
    await waitUntil('all deliveries to be counted', async () => /^lockstep_deliveries_total\{outcome="delivered"\} 8$/m.test(await metrics()));
    expect(await metrics()).toMatch(/^lockstep_accepted_to_delivered_seconds_count 2$/m);
    expect((await metrics()).match(/^lockstep_objective_deliveries_total.*$/gm)).toEqual(['in_time"} 2', 'late"} 0', 'dead"} 6'].map((rest) => `lockstep_objective_deliveries_total{result="${rest}`));
  });

  it('learn of a dead letter at an endpoint of their own', async () => {
    const watcher = await Receiver.start();
    try {
      const failing = await system.createEndpoint(receiver.url);
      await system.createEndpoint(watcher.url, { eventTypes: ['lockstep.*'] });
      receiver.respond = () => 500;
      const [event] = await post('told', 1);
      await waitUntil('the operational event', () => watcher.arrivals.length > 0);
      const [{ entity, sequence, body } = { entity: '', sequence: 0, body: '{}' }, ...others] = watcher.arrivals;
      expect([entity, sequence, others]).toEqual([failing, 1, []]);
      expect(JSON.parse(body)).toMatchObject({ type: 'lockstep.delivery.dead', entity: failing, data: { endpoint: failing, event, entity: 'told', sequence: 1, reason: 'attempts_exhausted', attempts: 2, lastStatus: 500 } });
      // It reaches the endpoint of everything neither as an event, nor as a dead letter.
      expect(receiver.arrivals.filter((arrival) => arrival.entity !== 'told')).toEqual([]);
      await system.call('POST', '/v1/dead-letters/discard', { all: true });
      await whenDead(0);
    } finally {
      await watcher.stop();
    }
  });

  it('discard dead letters by entity', async () => {
    await system.createEndpoint(receiver.url);
    receiver.respond = () => 500;
    await post('c', 2);
    await post('d', 1);
    await whenDead(3);
    const started = (await system.call('POST', '/v1/dead-letters/discard', { entity: 'c' })) as { id: string };
    expect(await whenDone(started.id)).toMatchObject({ action: 'discard', matched: 2, applied: 2 });
    expect(await list('/v1/dead-letters')).toMatchObject({ data: [{ entity: 'd' }] });
    expect((await list('/v1/deliveries?status=discarded&entity=c')).data).toHaveLength(2);
    await system.call('POST', '/v1/dead-letters/discard', { all: true });
    await whenDead(0);
  });

  it('decide what becomes of a halted lane: skip, replay or resume', async () => {
    const endpoint = await system.createEndpoint(receiver.url, { dlqPolicy: 'halt' });
    receiver.respond = ({ sequence }) => (sequence === 1 ? 500 : 200);
    for (const entity of ['skipped', 'replayed', 'resumed']) await post(entity, 2);
    await whenDead(3);
    await waitUntil(() => 'three halted lanes', async () => (await list<Lane>('/v1/lanes?state=halted')).data.length === 3);
    for (const entity of ['skipped', 'replayed', 'resumed']) {
      expect(sent(entity)).toEqual(['1.1', '1.2']);
      expect(await laneOf(endpoint, entity)).toMatchObject({ state: 'halted', depth: 1, head: { sequence: 1, deadReason: 'attempts_exhausted' } });
    }
    await act(endpoint, 'skipped', 'skip');
    await whenSent('skipped', ['1.1', '1.2', '2.1']);
    receiver.respond = () => 200;
    await system.call('POST', '/v1/dead-letters/replay', { entity: 'replayed' });
    await whenSent('replayed', ['1.1', '1.2', '1.3r', '2.1']);
    expect(await act(endpoint, 'resumed', 'resume')).toMatchObject({ state: 'sending' });
    await whenSent('resumed', ['1.1', '1.2', '2.1']);
    await expectLedgerClosed();
    expect(await list('/v1/dead-letters')).toMatchObject({ data: [{ entity: 'resumed' }] });
    await system.call('POST', '/v1/dead-letters/discard', { all: true });
  });

  it('skip the letter that halted a lane, not the one behind it that is being replayed', async () => {
    const endpoint = await system.createEndpoint(receiver.url, { dlqPolicy: 'halt' });
    receiver.respond = () => 500;
    await post('twice', 2);
    const halted = async (sequence: number): Promise<void> => {
      await waitUntil(() => `halted at ${sequence}`, async () => {
        const { state, head } = await laneOf(endpoint, 'twice').catch(() => ({ state: 'none', head: null }));
        return state === 'halted' && head?.sequence === sequence;
      });
    };
    await halted(1);
    await act(endpoint, 'twice', 'resume');
    await halted(2);
    await system.call('POST', '/v1/dead-letters/replay', { entity: 'twice' });
    await halted(1);
    receiver.respond = () => 200;
    await act(endpoint, 'twice', 'skip');
    await whenSent('twice', ['1.1', '1.2', '2.1', '2.2', '1.3r', '1.4r', '2.3r']);
    await expectLedgerClosed();
    expect((await list('/v1/deliveries?status=discarded&entity=twice')).data).toMatchObject([{ sequence: 1 }]);
  });

  it('pause one lane, after its attempt in flight, and no other', async () => {
    const endpoint = await system.createEndpoint(receiver.url);
    const answer = Promise.withResolvers<number>();
    receiver.respond = ({ entity, sequence }) => (entity === 'e' && sequence === 1 ? answer.promise : 200);
    await post('e', 2);
    await waitUntil(() => 'the first to be in flight', () => sent('e').length === 1);
    expect(await act(endpoint, 'e', 'pause')).toMatchObject({ state: 'paused', depth: 2 });
    await waitUntil(() => 'the owner to know', async () => /^lockstep_lanes\{state="stopped"\} 1$/m.test(await metrics()));
    answer.resolve(200);
    await waitUntil(() => 'the outcome', async () => (await laneOf(endpoint, 'e')).depth === 1);
    await post('e', 1);
    await post('f', 1);
    await whenSent('f', ['1.1']);
    expect(sent('e')).toEqual(['1.1']);
    await act(endpoint, 'e', 'resume');
    await whenSent('e', ['1.1', '2.1', '3.1']);
    expect(await system.query("select action, detail ->> 'reason' as reason from audit_log where subject like '%/e' order by id")).toEqual([
      { action: 'lane.paused', reason: 'test' }, { action: 'lane.resumed', reason: 'test' },
    ]);
  });

  it('skip a head that waits for its retry, once however often they click', async () => {
    const endpoint = await system.createEndpoint(receiver.url, { retrySchedule: ['2h'] });
    receiver.respond = ({ sequence }) => (sequence === 1 ? 503 : 200);
    const [first] = await post('g', 3);
    await whenSent('g', ['1.1']);
    await waitUntil(() => 'a waiting lane', async () => (await laneOf(endpoint, 'g')).state === 'waiting');
    await act(endpoint, 'g', 'pause');
    const skip = () => system.call('POST', `/v1/lanes/${endpoint}/g/skip`, { event: first });
    expect((await Promise.allSettled([skip(), skip()])).map(({ status }) => status)).toContain('fulfilled');
    await waitUntil(() => 'the skip', async () => (await laneOf(endpoint, 'g')).depth === 2);
    await expect(skip()).rejects.toThrow(/409.*is not the head of this lane/);
    await act(endpoint, 'g', 'resume');
    await whenSent('g', ['1.1', '2.1', '3.1']);
    await expectLedgerClosed();
    await expect(act(endpoint, 'g', 'skip')).rejects.toThrow(/409.*conflict/);
    await expect(act(endpoint, 'nobody', 'pause')).rejects.toThrow(/404/);
  });

  it('replay a delivered event as a new delivery, once however often they click', async () => {
    const endpoint = await system.createEndpoint(receiver.url);
    const [first] = await post('h', 2);
    await whenSent('h', ['1.1', '2.1']);
    await act(endpoint, 'h', 'pause');
    const [one, two] = await Promise.all([1, 2].map(() => system.call('POST', `/v1/events/${first}/replay`)));
    for (const { id } of [one, two] as { id: string }[]) await whenDone(id);
    await post('h', 1);
    await act(endpoint, 'h', 'resume');
    await whenSent('h', ['1.1', '2.1', '3.1r', '4.1']);
    expect(arrivalsOf('h')[2]?.eventId).toBe(first);
    await expectLedgerClosed();
  });

  it('find that an endpoint was disabled by its first 410: nothing more was sent, and it is audited', async () => {
    const endpoint = await system.createEndpoint(receiver.url, { maxConcurrency: 1 });
    await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
    const entities = Array.from({ length: 20 }, (_, i) => `gone-${i}`);
    for (const entity of entities) await post(entity, 1);
    await waitUntil(() => 'all lanes', async () => (await list<Lane>(`/v1/lanes?endpoint=${endpoint}`)).data.length === entities.length);
    receiver.respond = () => 410;
    await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
    await waitUntil(() => 'the endpoint disabled', async () => ((await system.call('GET', `/v1/endpoints/${endpoint}`)) as { status: string }).status === 'disabled');
    expect(receiver.arrivals).toHaveLength(1);
    expect(await system.query(`select actor, action from audit_log where subject = '${endpoint}' order by id desc limit 1`)).toEqual([{ actor: 'system', action: 'endpoint.disabled' }]);
    receiver.respond = () => 200;
    await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
    await expectLedgerClosed();
    expect(receiver.delivered.size).toBe(19);
    await system.call('POST', '/v1/dead-letters/discard', { all: true });
  });

  it('are obeyed when the nudge to the owner is lost', async () => {
    const endpoint = await system.createEndpoint(receiver.url);
    await post('k', 1);
    await whenSent('k', ['1.1']);
    // Marks without a control record.
    await system.query("update lanes set paused = true, marked_at = now() where entity = 'k'");
    const [replay] = await system.query<{ id: string }>(`
      with asked as (
        insert into replays (id, tenant, action, event_id, actor, matched) select gen_random_uuid(), 'default', 'replay', id, 'test', 1 from events where entity = 'k' returning id, event_id
      ),
      shared as (insert into replay_shards (replay, shard, tenant) select a.id, e.shard, 'default' from asked a join events e on e.id = a.event_id)
      select 'rpl_' || replace(id::text, '-', '') as id from asked`);
    await whenDone(replay?.id ?? '');
    expect(await laneOf(endpoint, 'k')).toMatchObject({ state: 'paused', depth: 1 });
    await system.query("update lanes set paused = false, marked_at = now() where entity = 'k'");
    await whenSent('k', ['1.1', '2.1r']);
  });

  it('list lanes by age and by depth', async () => {
    const endpoint = await system.createEndpoint(receiver.url);
    await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
    await post('i', 1);
    await post('j', 3);
    await waitUntil(() => 'both lanes', async () => (await list<Lane>(`/v1/lanes?endpoint=${endpoint}`)).data.reduce((sum, { depth }) => sum + depth, 0) === 4);
    const byAge = await list<Lane>(`/v1/lanes?endpoint=${endpoint}`);
    expect(byAge.data.map(({ entity, state, reason, depth }) => [entity, state, reason, depth])).toEqual([['i', 'waiting', 'endpoint_paused', 1], ['j', 'waiting', 'endpoint_paused', 3]]);
    const first = (await system.call('GET', `/v1/lanes?endpoint=${endpoint}&sort=depth&limit=1`)) as { data: Lane[]; nextCursor: string };
    expect(first.data.map(({ entity }) => entity)).toEqual(['j']);
    expect((await list<Lane>(`/v1/lanes?endpoint=${endpoint}&sort=depth&limit=1&cursor=${first.nextCursor}`)).data.map(({ entity }) => entity)).toEqual(['i']);
  });
});
