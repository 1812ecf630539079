import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { toPublicId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { DeadLettersModule } from '#manage/dead-letters/dead-letters.module';
import { endpointReplayRequestSchema } from '#manage/dead-letters/endpoint-replay.schema';
import { ReplaysService } from '#manage/dead-letters/replays.service';
import { OpenReplaysRepository } from './open-replays.repository.js';
import { OperationsModule } from './operations.module.js';

const SHARD = 0;
const HOUR_MS = 3_600_000;

let fixture: ShardFixture;
let gateway: TestingModule;
let dispatcher: TestingModule;
let requests: ReplaysService;
let open: OpenReplaysRepository;
let epoch: number;
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
  epoch = await fixture.takeShard(SHARD);
  endpoint = await fixture.createEndpoint();
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [endpoint]);
  endpointId = toPublicId('ep', rows[0]?.public_id ?? '');
});

/** Events of an entity whose deliveries have these outcomes, in sequence. */
async function settled(entity: string, statuses: readonly string[], at?: Date): Promise<string[]> {
  const ids = await fixture.accept(statuses.map(() => ({ shard: SHARD, entity })), at);
  await fixture.pool.query("insert into lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence) values ('default', $1, $2, 0, $3, $3)", [endpoint, entity, ids.length]);
  await fixture.pool.query(
    `insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, finished_at)
     select w.id, $1, 'default', 0, l.id, w.n, w.status::delivery_status, 1, case when w.status <> 'pending' then now() - interval '1 minute' end
     from unnest($2::uuid[], $3::text[]) with ordinality as w (id, status, n)
       join lanes l on l.endpoint = $1 and l.entity = $4`, [endpoint, ids, statuses, entity]);
  return ids;
}

const request = (changes: object = {}) =>
  endpointReplayRequestSchema.parse({ from: new Date(Date.now() - HOUR_MS).toISOString(), to: new Date(Date.now() + HOUR_MS).toISOString(), ...changes });

async function applyAll(): Promise<number> {
  let batches = 0;
  for (;;) {
    const [job] = await open.find([SHARD]);
    if (job === undefined) return batches;
    await open.apply(job, epoch);
    batches += 1;
  }
}

async function pending(entity: string): Promise<{ event_id: string; replay: number; sequence: number }[]> {
  const { rows } = await fixture.pool.query<{ event_id: string; replay: number; sequence: number }>(
    "select d.event_id, d.replay, d.sequence from deliveries d join lanes l on l.id = d.lane where d.status = 'pending' and l.entity = $1 order by d.sequence", [entity]);
  return rows;
}

describe('a replay of past events', () => {
  it('delivers again what was delivered, with the next sequences, and dead letters at their own; nothing else', async () => {
    const [first, dead, , , last] = await settled('a', ['delivered', 'dead', 'discarded', 'pending', 'delivered']);
    await settled('b', ['delivered']);
    expect(await requests.countForEndpoint(TEST_PRINCIPAL, endpointId, request({ entity: 'a' }))).toBe(3);
    const { id, matched } = await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request({ entity: 'a' }));
    expect(matched).toBe(3);
    await applyAll();
    expect((await pending('a')).filter(({ sequence }) => sequence !== 4)).toEqual([
      { event_id: dead, replay: 0, sequence: 2 }, { event_id: first, replay: 1, sequence: 6 }, { event_id: last, replay: 1, sequence: 7 },
    ]);
    expect(await pending('b')).toEqual([]);
    const { rows } = await fixture.pool.query('select tail_sequence, replays from lanes where entity = $1', ['a']);
    expect(rows).toEqual([{ tail_sequence: 7, replays: 1 }]);
    expect(await requests.get('default', id)).toMatchObject({ status: 'done', matched: 3, applied: 3 });
    // While these are pending, a second click brings nothing.
    expect(await requests.countForEndpoint(TEST_PRINCIPAL, endpointId, request({ entity: 'a' }))).toBe(0);
  });

  it('keeps the order of acceptance over batches and owners, and each event comes once more', async () => {
    const ids = await settled('a', Array.from({ length: 1_100 }, () => 'delivered'));
    await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request());
    const [job] = await open.find([SHARD]);
    if (job === undefined) throw new Error('There is no replay');
    expect(await open.apply(job, epoch)).toMatchObject({ held: true, finished: false, unordered: 0 });
    const former = epoch;
    epoch = await fixture.takeShard(SHARD);
    expect(await open.apply(job, former)).toMatchObject({ held: false, lanes: [] });
    expect(await applyAll()).toBe(2);
    expect((await pending('a')).map(({ event_id: id }) => id)).toEqual(ids);
    expect(await open.apply(job, epoch)).toMatchObject({ held: true, finished: true, lanes: [] });
  });

  it('takes only events of its time, and only dead letters if asked for what is undelivered', async () => {
    await settled('old', ['delivered', 'dead'], new Date(Date.now() - 3 * HOUR_MS));
    const [, dead] = await settled('a', ['delivered', 'dead']);
    expect(await requests.countForEndpoint(TEST_PRINCIPAL, endpointId, request())).toBe(2);
    expect(await requests.countForEndpoint(TEST_PRINCIPAL, endpointId, request({ status: 'undelivered' }))).toBe(1);
    await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request({ status: 'undelivered' }));
    await applyAll();
    expect(await pending('a')).toEqual([{ event_id: dead, replay: 0, sequence: 2 }]);
    await expect(requests.countForEndpoint(TEST_PRINCIPAL, 'ep_0192f3c1a5b07d4e8f00c3a1b2d4e5f6', request())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves out what had its outcome after it was asked for', async () => {
    const [, late = ''] = await settled('a', ['delivered', 'delivered']);
    await requests.startForEndpoint(TEST_PRINCIPAL, endpointId, request());
    await fixture.pool.query("update deliveries set finished_at = now() + interval '1 second' where event_id = $1", [late]);
    await applyAll();
    expect(await pending('a')).toHaveLength(1);
  });
});
