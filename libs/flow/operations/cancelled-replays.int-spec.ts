import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { parsePublicId, toPublicId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { waitUntil } from '#dev/testing/wait-until';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { endpointReplayRequestSchema } from '#manage/dead-letters/endpoint-replay.schema';
import { replayQuerySchema, replayRequestSchema } from '#manage/dead-letters/replay.schema';
import { ReplaysService } from '#manage/dead-letters/replays.service';
import { type OpenReplay, OpenReplaysRepository } from './open-replays.repository.js';
import { OperationsModule } from './operations.module.js';

const LETTERS = 1_200;
const HOUR_MS = 3_600_000;

let fixture: ShardFixture;
let gateway: TestingModule;
let dispatcher: TestingModule;
let requests: ReplaysService;
let open: OpenReplaysRepository;
let epochs: number[];
let endpoint: number;
let endpointId: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [DeadLettersModule]).compile();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), OperationsModule]).compile();
  requests = gateway.get(ReplaysService);
  open = dispatcher.get(OpenReplaysRepository);
});

afterAll(async () => {
  await Promise.all([gateway.close(), dispatcher.close()]);
  await fixture.close();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, deliveries, lanes, replay_shards, replays, dispatch_outbox');
  epochs = [await fixture.takeShard(0), await fixture.takeShard(1)];
  endpoint = await fixture.createEndpoint();
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [endpoint]);
  endpointId = toPublicId('ep', rows[0]?.public_id ?? '');
});

/** Settled deliveries of one entity on the shard. */
async function settle(shard: number, status: 'dead' | 'delivered', count = LETTERS): Promise<void> {
  const ids = await fixture.accept(Array.from({ length: count }, () => ({ shard, entity: `entity-${shard}` })));
  await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $1, $2, $3, $4, $4)", [endpoint, `entity-${shard}`, shard, count]);
  await fixture.pool.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, finished_at)
     select w.id, $1, 'default', $4, l.id, w.n, $3::delivery_status, 1, now() - interval '1 minute'
     from unnest($2::uuid[]) with ordinality as w (id, n) join lanes l on l.endpoint = $1 and l.shard = $4`, [endpoint, ids, status, shard]);
}

async function statuses(): Promise<Record<string, number>> {
  const { rows } = await fixture.pool.query<{ status: string; count: number }>('select status, count(*)::integer as count from deliveries group by status');
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

const applied = (job: OpenReplay) => open.apply(job, epochs[job.shard] ?? 0);
const start = async (action: 'replay' | 'discard' = 'replay'): Promise<string> => (await requests.start(TEST_PRINCIPAL, action, replayRequestSchema.parse({ all: true }))).id;
const audited = async (id: string): Promise<unknown[]> => (await fixture.pool.query<object>("select actor, action, detail from audit_log where subject = $1 and action = 'replay.cancelled'", [id])).rows;
/** Of a statement the first 1,024 bytes are known. */
const isWaiting = async (statement: string): Promise<boolean> =>
  (await fixture.pool.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1 and pid <> pg_backend_pid()", [`%${statement}%`])).rowCount === 1;

describe('a replay that is cancelled', () => {
  it.each([['replay', 'pending'], ['discard', 'discarded']] as const)('applies no further batch of a %s, on any shard; what was applied stays', async (action, status) => {
    await settle(0, 'dead');
    await settle(1, 'dead');
    const id = await start(action);
    const [first, second] = await open.find([0, 1]);
    if (first === undefined || second === undefined) throw new Error('There is no replay');
    expect(await applied(first)).toMatchObject({ held: true, finished: false });
    const cancelled = await requests.cancel(TEST_PRINCIPAL, id);
    expect(cancelled).toMatchObject({ id, status: 'cancelled', matched: 2 * LETTERS, applied: 500, finishedAt: expect.any(String) as unknown });
    for (const job of [first, second]) expect(await applied(job)).toMatchObject({ held: true, finished: true, lanes: [], discarded: [], unordered: 0 });
    expect(await open.find([0, 1])).toEqual([]);
    expect(await statuses()).toEqual({ [status]: 500, dead: 2 * LETTERS - 500 });
    // Once more, also of a new owner.
    epochs[0] = await fixture.takeShard(0);
    expect(await applied(first)).toMatchObject({ held: true, finished: true, lanes: [] });
    expect(await requests.cancel(TEST_PRINCIPAL, id)).toEqual(cancelled);
    expect(await audited(id)).toEqual([{ actor: 'admin', action: 'replay.cancelled', detail: { openShards: 2 } }]);
  });

  it('applies no further batch of past events, and the same may be asked for again at once', async () => {
    await settle(0, 'delivered');
    const request = endpointReplayRequestSchema.parse({ from: new Date(Date.now() - HOUR_MS).toISOString(), to: new Date(Date.now() + HOUR_MS).toISOString() });
    const { id } = await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request);
    const [job] = await open.find([0]);
    if (job === undefined) throw new Error('There is no replay');
    await applied(job);
    expect(await requests.cancel(TEST_PRINCIPAL, id)).toMatchObject({ status: 'cancelled', applied: 500 });
    expect(await applied(job)).toMatchObject({ finished: true, lanes: [] });
    expect(await statuses()).toEqual({ delivered: LETTERS, pending: 500 });
    const again = await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request);
    expect([again.id === id, again.matched]).toEqual([false, LETTERS - 500]);
  });

  it('waits for the batch under way, whose deliveries count', async () => {
    await settle(0, 'dead');
    const id = await start();
    const [job] = await open.find([0]);
    if (job === undefined) throw new Error('There is no replay');
    // The batch has locked the shard's row, and waits for a lane.
    const holder = await fixture.pool.connect();
    await holder.query('begin; select from lanes for update');
    const batch = applied(job);
    await waitUntil('the batch to wait', () => isWaiting('replay_shards s on s.shard = f.shard'));
    const cancelled = requests.cancel(TEST_PRINCIPAL, id);
    await waitUntil('the cancellation to wait', () => isWaiting('cancelled_at = now()'));
    await holder.query('rollback');
    holder.release();
    expect(await batch).toMatchObject({ held: true, finished: false });
    expect(await cancelled).toMatchObject({ status: 'cancelled', applied: 500 });
    expect(await applied(job)).toMatchObject({ finished: true, lanes: [] });
    expect(await statuses()).toEqual({ pending: 500, dead: LETTERS - 500 });
  });

  it('holds back a batch that waits for the cancellation', async () => {
    await settle(0, 'dead');
    const id = await start();
    const [job] = await open.find([0]);
    if (job === undefined) throw new Error('There is no replay');
    // The cancellation has finished the shard, and waits while it is audited.
    await fixture.pool.query(
      `create function wait_for_test() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(4711); return new; end $$;
       create trigger wait_for_test before insert on audit_log for each row when (new.action = 'replay.cancelled') execute function wait_for_test()`);
    const holder = await fixture.pool.connect();
    await holder.query('begin; select pg_advisory_xact_lock(4711)');
    const cancelled = requests.cancel(TEST_PRINCIPAL, id);
    await waitUntil('the cancellation to wait', () => isWaiting('cancelled_at = now()'));
    const batch = applied(job);
    await waitUntil('the batch to wait', () => isWaiting('replay_shards s on s.shard = f.shard'));
    await holder.query('rollback');
    holder.release();
    expect(await cancelled).toMatchObject({ status: 'cancelled', applied: 0 });
    await fixture.pool.query('drop trigger wait_for_test on audit_log; drop function wait_for_test()');
    expect(await batch).toMatchObject({ held: true, finished: true, lanes: [], unordered: 0 });
    expect(await statuses()).toEqual({ dead: LETTERS });
  });

  it('is cancelled once by two requests at the same time, and audited once', async () => {
    await settle(0, 'dead', 3);
    const id = await start();
    const answers = await Promise.all(Array.from({ length: 4 }, () => requests.cancel(TEST_PRINCIPAL, id)));
    expect(new Set(answers.map(({ status, finishedAt }) => `${status} ${finishedAt}`)).size).toBe(1);
    expect(await audited(id)).toHaveLength(1);
  });

  it('is not one that has ended, does not exist or is of another tenant', async () => {
    await settle(0, 'dead', 3);
    const id = await start();
    await expect(requests.cancel({ ...TEST_PRINCIPAL, tenant: 'acme' }, id)).rejects.toMatchObject({ code: 'not_found' });
    for (const job of await open.find([0])) await applied(job);
    await expect(requests.cancel(TEST_PRINCIPAL, id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await requests.get('default', id)).toMatchObject({ status: 'done', applied: 3 });
    // Of nothing: it was done at once.
    await expect(requests.cancel(TEST_PRINCIPAL, await start())).rejects.toMatchObject({ code: 'conflict' });
    for (const missing of ['rpl_0', `rpl_${'0'.repeat(32)}`]) await expect(requests.cancel(TEST_PRINCIPAL, missing)).rejects.toMatchObject({ code: 'not_found' });
    expect(await audited(id)).toEqual([]);
  });
});

describe('the list of replays', () => {
  const list = (query: Record<string, unknown> = {}, tenant = 'default') => requests.list(tenant, replayQuerySchema.parse(query));
  const idsOf = async (query: Record<string, unknown> = {}): Promise<string[]> => (await list(query)).data.map(({ id }) => id);

  it('has those of the tenant, newest first, page by page, by action, status, endpoint and time', async () => {
    await settle(0, 'dead', 3);
    const running = await start();
    const cancelled = await start('discard');
    await requests.cancel(TEST_PRINCIPAL, cancelled);
    const ofEndpoint = (await requests.start(TEST_PRINCIPAL, 'replay', replayRequestSchema.parse({ endpoint: endpointId, entity: 'nothing' }))).id;
    expect(await idsOf()).toEqual([ofEndpoint, cancelled, running]);
    expect((await list()).data).toEqual(await Promise.all([ofEndpoint, cancelled, running].map((id) => requests.get('default', id))));
    expect(await Promise.all([{ action: 'discard' }, { status: 'running' }, { status: 'cancelled' }, { status: 'done' }, { endpoint: endpointId }].map(idsOf))).toEqual([[cancelled], [running], [cancelled], [ofEndpoint], [ofEndpoint]]);
    const { data, nextCursor } = await list({ limit: 2 });
    expect(data.map(({ id }) => id)).toEqual([ofEndpoint, cancelled]);
    expect(await list({ limit: 2, cursor: nextCursor })).toMatchObject({ data: [{ id: running }], nextCursor: null });
    await fixture.pool.query("update replays set created_at = created_at - interval '1 day' where id = $1", [parsePublicId('rpl', running)]);
    const hourAgo = new Date(Date.now() - HOUR_MS).toISOString();
    expect(await Promise.all([{ from: hourAgo }, { to: hourAgo }].map(idsOf))).toEqual([[ofEndpoint, cancelled], [running]]);
    expect((await list({}, 'acme')).data).toEqual([]);
  });
});
