import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { keyScopeOf } from '#flow/ingest/event-origin';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { ensureInstallation } from '#ground/postgres/installation';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { eventsOf, storeSource, type StoredSource } from './fixtures/stored-source.js';
import { KafkaSourcesModule } from './kafka-sources.module.js';
import { KafkaSourcesRepository, type SourceTopic } from './kafka-sources.repository.js';
import { type Advance, type ChunkEntry, sorted } from './record-chunk.js';
import { invalidRecord, type ReadRecord, type RecordEvent, SKIPPED } from './source-record.js';

const TOPIC = 'orders';
const SHARDS = 4;
let database: TestDatabase;
let pool: pg.Pool;
let modules: TestingModule;
let repository: KafkaSourcesRepository;
let source: StoredSource;
let of: SourceTopic;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
  await ensureInstallation(databaseOf(pool), SHARDS);
  modules = await testModules(database.url, [KafkaModule.forRoot({ clientId: 'test' }), KafkaSourcesModule], { env: { KAFKA_PARTITIONS: String(SHARDS) } }).compile();
  repository = modules.get(KafkaSourcesRepository);
});

afterAll(async () => {
  await modules.close();
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  source = await storeSource(pool, { topic: TOPIC });
  const found = (await repository.enabledSources()).find(({ id }) => id === source.id);
  if (found === undefined) throw new Error('The source is not there');
  of = { source: found, topic: TOPIC, topicId: randomUUID(), cluster: 'one' };
  await repository.open(of, 'earliest', [0, 1].map((partition) => ({ partition, startOffset: 0, earliestOffset: 0 })));
});

afterEach(async () => {
  await pool.query('delete from dispatch_outbox');
});

const event = (entity: string, n: number, id?: string): ReadRecord => ({
  kind: 'event', type: 'order.created', entity, id, occurredAtMs: 1_700_000_000_123, contentType: 'application/json', traceparent: undefined, attributes: undefined, payload: Buffer.from(`{"n":${n}}`),
});

const entry = (partition: number, offset: number, read: ReadRecord): ChunkEntry => ({ partition, offset, read, record: { offset: String(offset), timestamp: '0', key: Buffer.from('k'), value: Buffer.from('v') } });

const advance = (partition: number, expectedOffset: number, nextOffset: number): Advance => ({ partition, expectedOffset, nextOffset });

const accept = (advances: readonly Advance[], entries: readonly ChunkEntry[]) => repository.accept(of, advances, sorted({ advances, entries }, 'default', SHARDS));

const payloads = async (): Promise<string[]> => (await eventsOf(pool, source)).map(({ payload }) => payload);

const parkedRows = async () => (await pool.query<{ headers: Record<string, string>; value: Buffer | null; topic: string }>('select * from dispatch_outbox order by id')).rows;

describe('acceptRecords', () => {
  it('stores events in order, queues them for Kafka, and moves the positions', async () => {
    const moved = await accept([advance(0, 0, 2), advance(1, 0, 3)], [entry(0, 0, event('a', 1)), entry(0, 1, event('a', 2)), entry(1, 2, event('b', 3))]);
    expect([...moved.partitions].sort()).toEqual([0, 1]);
    expect(await eventsOf(pool, source)).toEqual([1, 2, 3].map((n) => ({ entity: n === 3 ? 'b' : 'a', payload: `{"n":${n}}`, key: null, queued: true })));
    expect(await repository.positions(of)).toEqual(new Map([[0, 2], [1, 3]]));
    const { rows } = await pool.query(`select source, accepted_by, occurred_at from events where accepted_by = $1 limit 1`, [source.publicId]);
    expect(rows).toEqual([{ source: source.name, accepted_by: source.publicId, occurred_at: new Date(1_700_000_000_123) }]);
  });

  it('keeps any time that a record has, and none for one without', async () => {
    const at = (occurredAtMs: number | undefined): ReadRecord => ({ ...(event('a', 1) as RecordEvent), occurredAtMs });
    await accept([advance(0, 0, 2)], [entry(0, 0, at(-1)), entry(0, 1, at(undefined))]);
    const { rows } = await pool.query(`select occurred_at from events where accepted_by = $1 order by accept_seq`, [source.publicId]);
    expect(rows).toEqual([{ occurred_at: new Date(-1) }, { occurred_at: null }]);
  });

  it('stores nothing of a partition whose position is another one, and all of the others', async () => {
    await accept([advance(0, 0, 1)], [entry(0, 0, event('a', 1))]);
    const invalid = invalidRecord('garbage');
    const moved = await accept([advance(0, 0, 2), advance(1, 0, 1)], [entry(0, 0, event('a', 1)), entry(1, 0, event('b', 2)), entry(0, 1, invalid)]);
    expect([...moved.partitions]).toEqual([1]);
    expect(await payloads()).toEqual(['{"n":1}', '{"n":2}']);
    expect(await parkedRows()).toEqual([]);
    expect(await repository.positions(of)).toEqual(new Map([[0, 1], [1, 1]]));
  });

  it('stores a chunk once that is sent again, because its answer was lost', async () => {
    const entries = [entry(0, 0, event('a', 1, 'id-1')), entry(0, 1, invalidRecord('garbage'))];
    await accept([advance(0, 0, 2)], entries);
    expect((await accept([advance(0, 0, 2)], entries)).partitions.size).toBe(0);
    expect(await payloads()).toEqual(['{"n":1}']);
    expect(await parkedRows()).toHaveLength(1);
  });

  it('stores a chunk once that several gateways store at the same time', async () => {
    const chunks = Array.from({ length: 8 }, (_, i) => accept(i % 2 === 0 ? [advance(0, 0, 1), advance(1, 0, 1)] : [advance(1, 0, 1), advance(0, 0, 1)], [entry(0, 0, event('a', 1)), entry(1, 0, event('b', 2))]));
    const moved = await Promise.all(chunks);
    expect(moved.map(({ partitions }) => partitions.size).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 2]);
    expect((await payloads()).sort()).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('writes nothing behind another statement that has moved the position, however long that one takes', async () => {
    const holder = await pool.connect();
    await holder.query('begin');
    await holder.query('update source_positions set next_offset = 1 where source = $1 and partition = 0', [source.id]);
    const waiting = accept([advance(0, 0, 1)], [entry(0, 0, event('a', 1))]);
    await waitUntil('the statement waits', async () => (await pool.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount === 1);
    await holder.query('commit');
    holder.release();
    expect((await waiting).partitions.size).toBe(0);
    expect(await payloads()).toEqual([]);
  });

  it('leaves out records whose id was accepted before, in this chunk or an earlier one, and moves over them', async () => {
    await accept([advance(0, 0, 1)], [entry(0, 0, event('a', 1, 'one'))]);
    const { taken } = await accept([advance(0, 1, 4)], [entry(0, 1, event('a', 2, 'one')), entry(0, 2, event('a', 3, 'two')), entry(0, 3, event('a', 4, 'two'))]);
    expect(taken.size).toBe(2);
    expect(await eventsOf(pool, source)).toMatchObject([{ key: 'one', payload: '{"n":1}' }, { key: 'two', payload: '{"n":3}' }]);
    expect(await repository.positions(of)).toEqual(new Map([[0, 4], [1, 0]]));
    const { rows } = await pool.query('select key from idempotency_keys where key like $1 order by key', [`${keyScopeOf(source.publicId)}%`]);
    expect(rows).toEqual([{ key: `${keyScopeOf(source.publicId)}one` }, { key: `${keyScopeOf(source.publicId)}two` }]);
  });

  it('stores a record whose repeat came first in a partition that another gateway has moved', async () => {
    await accept([advance(0, 0, 1)], [entry(0, 0, event('a', 0))]);
    const { partitions, taken } = await accept([advance(0, 0, 2), advance(1, 0, 2)], [entry(0, 1, event('a', 1, 'one')), entry(1, 0, event('b', 2, 'one')), entry(1, 1, event('b', 3, 'one'))]);
    expect([[...partitions], taken.size]).toEqual([[1], 1]);
    expect(await payloads()).toEqual(['{"n":0}', '{"n":2}']);
  });

  it.each([
    ['was deleted', 'update sources set deleted_at = now() where id = $1'],
    ['was disabled', 'update sources set enabled = false where id = $1'],
    ['has other settings', `update sources set settings = '{"topic":"other"}' where id = $1`],
    ['has a tenant that was disabled', 'update tenants set enabled = false where id = (select tenant from sources where id = $1)'],
  ])('stores nothing of a source that %s in the meantime', async (_what, change) => {
    await pool.query(change, [source.id]);
    const { isCurrent, partitions } = await accept([advance(0, 0, 2)], [entry(0, 0, event('a', 1, 'one')), entry(0, 1, invalidRecord('garbage'))]);
    await pool.query('update tenants set enabled = true');
    expect([isCurrent, partitions.size, await payloads(), await parkedRows()]).toEqual([false, 0, [], []]);
    expect(await repository.positions(of)).toEqual(new Map([[0, 0], [1, 0]]));
  });

  it('parks records that are no events, with the reason, in the same statement', async () => {
    await accept([advance(0, 0, 3)], [entry(0, 0, invalidRecord('It has no entity')), entry(0, 1, SKIPPED), entry(0, 2, event('a', 1))]);
    expect(await payloads()).toEqual(['{"n":1}']);
    expect(await parkedRows()).toMatchObject([{
      topic: 'dlq', tenant: 'default', key: 'default/k', value: Buffer.from('v'),
      headers: { 'lockstep-reason': 'invalid_request', 'lockstep-detail': 'It has no entity', 'lockstep-topic': TOPIC, 'lockstep-partition': '0', 'lockstep-offset': '0', 'lockstep-source': source.publicId, 'lockstep-tenant': 'default' },
    }]);
  });

  it('moves a position over records of which no event comes', async () => {
    await accept([advance(1, 0, 7)], []);
    expect(await repository.positions(of)).toEqual(new Map([[0, 0], [1, 7]]));
  });

  it('stores nothing of a topic that is not the one that was opened', async () => {
    of = { ...of, topicId: randomUUID() };
    expect((await accept([advance(0, 0, 1)], [entry(0, 0, event('a', 1))])).partitions.size).toBe(0);
    expect(await payloads()).toEqual([]);
  });
});

describe('positions', () => {
  const audited = async (action: string) => (await pool.query<{ detail: unknown }>('select detail from audit_log where subject = $1 and action = $2', [source.publicId, action])).rows.map(({ detail }) => detail);

  it('begin once, wherever two gateways that open a topic would begin', async () => {
    of = { ...of, topic: 'other', topicId: randomUUID() };
    await Promise.all([3, 4, 5].map((startOffset) => repository.open(of, 'latest', [{ partition: 0, startOffset, earliestOffset: 0 }])));
    const [begun] = [...(await repository.positions(of)).values()];
    await repository.open(of, 'latest', [{ partition: 0, startOffset: 9, earliestOffset: 0 }, { partition: 1, startOffset: 9, earliestOffset: 2 }]);
    expect([3, 4, 5]).toContain(begun);
    expect(await repository.positions(of)).toEqual(new Map([[0, begun], [1, 2]]));
    expect(await audited('source.topic_recreated')).toEqual([]);
  });

  it('begin anew in a topic that was created again, and the audit log says so once', async () => {
    const again = { ...of, topicId: randomUUID() };
    await Promise.all([1, 2].map(() => repository.open(again, 'earliest', [{ partition: 0, startOffset: 0, earliestOffset: 0 }])));
    expect(await repository.positions(again)).toEqual(new Map([[0, 0]]));
    expect(await audited('source.topic_recreated')).toEqual([{ topic: TOPIC, topicId: again.topicId, startAt: 'earliest' }]);
  });

  it('begin in a topic of this name in another cluster, which was not created again', async () => {
    const elsewhere = { ...of, topicId: randomUUID(), cluster: 'two' };
    await repository.open(elsewhere, 'latest', [{ partition: 0, startOffset: 777, earliestOffset: 0 }]);
    expect(await repository.positions(elsewhere)).toEqual(new Map([[0, 777]]));
    expect(await audited('source.topic_recreated')).toEqual([]);
  });

  it('move over a gap once, and the audit log says what is lost', async () => {
    const passed = await Promise.all([1, 2, 3].map(() => repository.passGap(of, advance(0, 0, 40), 'retention')));
    expect(passed.filter((each) => each)).toHaveLength(1);
    expect(await audited('source.gap')).toEqual([{ topic: TOPIC, partition: 0, from: 0, to: 40, reason: 'retention' }]);
    expect(await repository.positions(of)).toEqual(new Map([[0, 40], [1, 0]]));
  });
});
