import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { parsePublicId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { ensureInstallation } from '#ground/postgres/installation';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { findSource } from '#manage/sources/find-source.queries';
import { listSources } from '#manage/sources/list-sources.queries';
import { storeSource, type StoredSource } from './fixtures/stored-source.js';
import { KafkaSourcesModule } from './kafka-sources.module.js';
import { KafkaSourcesRepository } from './kafka-sources.repository.js';
import { invalidRecord } from './source-record.js';
import type { ReaderState } from './source-report.js';

const SHARDS = 4;
const REASON = 'The cluster has no topic orders';
const FAILING = { actor: 'system', action: 'source.failing', detail: { topic: 'orders', detail: REASON } };
const RECOVERED = { actor: 'system', action: 'source.recovered', detail: {} };

let database: TestDatabase;
let pool: pg.Pool;
/** Of two gateways. */
let modules: readonly [TestingModule, TestingModule];
let source: StoredSource;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, applicationName: 'test', max: 4 });
  await ensureInstallation(databaseOf(pool), SHARDS);
  const gateway = (): Promise<TestingModule> => testModules(database.url, [KafkaModule.forRoot({ clientId: 'test' }), KafkaSourcesModule], { env: { KAFKA_PARTITIONS: String(SHARDS) } }).compile();
  modules = [await gateway(), await gateway()];
});

afterAll(async () => {
  await Promise.all(modules.map((each) => each.close()));
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  source = await storeSource(pool, { topic: 'orders' });
});

async function report(gateway: 0 | 1, state: ReaderState, sources: readonly StoredSource[] = [source]): Promise<void> {
  const partitions = state === 'reading' ? [0, 1].map((partition) => ({ partition, topicId: '00000000-0000-4000-8000-000000000000', halt: undefined, endOffset: 1 })) : [];
  await modules[gateway].get(KafkaSourcesRepository).storeReports(sources.map(({ id }) => ({ source: id, state, detail: state === 'failing' ? REASON : undefined, partitions })));
}

async function twice(gateway: 0 | 1, state: ReaderState): Promise<void> {
  await report(gateway, state);
  await report(gateway, state);
}

const audited = async ({ publicId }: StoredSource = source): Promise<unknown[]> => (await pool.query<Record<string, unknown>>('select actor, action, detail from audit_log where subject = $1 order by id', [publicId])).rows;

describe('a topic that cannot be read', () => {
  it('is audited once, with the reason, and again when it is read', async () => {
    await report(0, 'connecting');
    await report(0, 'failing');
    expect(await audited()).toEqual([]);
    await twice(0, 'failing');
    expect(await audited()).toEqual([FAILING]);
    await twice(0, 'connecting');
    await report(0, 'reading');
    expect(await audited()).toEqual([FAILING]);
    await twice(0, 'reading');
    expect(await audited()).toEqual([FAILING, RECOVERED]);
  });

  it('has recovered only when no gateway fails any more', async () => {
    await twice(0, 'failing');
    await twice(1, 'reading');
    expect(await audited()).toEqual([FAILING]);
    // That gateway has ended.
    await pool.query("update source_readers set seen_at = seen_at - interval '30 seconds' where source = $1 and state = 'failing'", [source.id]);
    await report(1, 'reading');
    expect(await audited()).toEqual([FAILING, RECOVERED]);
  });

  it('has not recovered while too many of its records are refused', async () => {
    await twice(0, 'failing');
    await pool.query('update source_states set refused = 5 where source = $1', [source.id]);
    await twice(0, 'reading');
    expect(await audited()).toEqual([FAILING]);
    await pool.query('update source_states set refused = 0 where source = $1', [source.id]);
    await report(0, 'reading');
    expect(await audited()).toEqual([FAILING, RECOVERED]);
  });

  it('is audited once an hour, however often it changes', async () => {
    for (let i = 0; i < 3; i++) {
      await twice(0, 'failing');
      await twice(0, 'reading');
    }
    expect(await audited()).toEqual([FAILING, RECOVERED]);
    await twice(0, 'failing');
    await pool.query("update source_states set failing_audited_at = failing_audited_at - interval '1 hour' where source = $1", [source.id]);
    await twice(0, 'failing');
    expect(await audited()).toEqual([FAILING, RECOVERED, FAILING]);
  });

  it('is told to the endpoints that get operational events, once for each row of the audit log that it fails', async () => {
    const told = async (): Promise<unknown[]> => (await pool.query<Record<string, unknown>>('select tenant, type, entity, data from operational_events order by id')).rows;
    await twice(0, 'failing');
    await twice(0, 'reading');
    expect(await told()).toEqual([]);
    await pool.query("insert into endpoints (public_id, tenant, url, event_types) values (gen_random_uuid(), 'default', 'http://127.0.0.1:9/', '{lockstep.source.*}')");
    const [first, second] = [await storeSource(pool, { topic: 'orders' }), await storeSource(pool, { topic: 'orders' })];
    for (const state of ['failing', 'reading'] as const) {
      for (let i = 0; i < 3; i++) await report(0, state, [second, first]);
    }
    expect(await told()).toEqual([first, second].map(({ publicId, name }) => ({
      tenant: 'default', type: 'lockstep.source.failing', entity: publicId, data: { source: publicId, name, reason: 'unreadable', refused: 0, code: null },
    })));
    await pool.query("update endpoints set deleted_at = now() where event_types = '{lockstep.source.*}'");
  });

  it('is reported by several gateways at once without a deadlock, and audited once', async () => {
    const sources = await Promise.all(Array.from({ length: 20 }, () => storeSource(pool, { topic: 'orders' })));
    for (const state of ['failing', 'reading'] as const) {
      for (let i = 0; i < 4; i++) await Promise.all([report(0, state, sources), report(1, state, sources.toReversed())]);
    }
    for (const each of sources) expect(await audited(each)).toEqual([FAILING, RECOVERED]);
  });
});

describe('a partition that has halted', () => {
  const TOPIC_ID = '00000000-0000-4000-8000-000000000000';
  const reportHalts = (gateway: 0 | 1, offsets: readonly (number | undefined)[]): Promise<void> =>
    modules[gateway].get(KafkaSourcesRepository).storeReports([{
      source: source.id, state: 'reading', detail: undefined,
      partitions: offsets.map((offset, partition) => ({ partition, topicId: TOPIC_ID, halt: offset === undefined ? undefined : { partition, offset, invalid: invalidRecord('It has no entity') }, endOffset: 9 })),
    }]);
  const halted = (partition: number, offset: number): object => ({ actor: 'system', action: 'source.partition_halted', detail: { topic: 'orders', partition, offset, reason: 'invalid_request', detail: 'It has no entity' } });
  const stateOf = async (): Promise<string | undefined> => (await findSource.run({ tenant: 'default', publicId: parsePublicId('src', source.publicId) ?? '' }, databaseOf(pool)))[0]?.state;

  it('is audited once for each record at which it halts, whichever gateway reports it', async () => {
    await Promise.all([reportHalts(0, [undefined, 5]), reportHalts(1, [undefined, 5])]);
    await reportHalts(0, [undefined, undefined]);
    await reportHalts(0, [3, 5]);
    expect(await audited()).toEqual([halted(1, 5), halted(0, 3)]);
    await reportHalts(0, [3, 7]);
    expect(await audited()).toEqual([halted(1, 5), halted(0, 3), halted(1, 7)]);
  });

  it('makes its source fail until it is read again, or no gateway tells of it any more', async () => {
    expect(await stateOf()).toBe('idle');
    await reportHalts(0, [undefined, 5]);
    expect(await stateOf()).toBe('failing');
    expect((await listSources.run({ tenant: 'default', before: 2_147_483_647, limit: 1, bytes: 1 }, databaseOf(pool)))[0]).toMatchObject({ id: source.id, state: 'failing' });
    await reportHalts(0, [undefined, undefined]);
    expect(await stateOf()).toBe('idle');
    await reportHalts(0, [4, undefined]);
    await pool.query("update source_partition_states set seen_at = seen_at - interval '30 seconds' where source = $1", [source.id]);
    expect(await stateOf()).toBe('idle');
  });
});
