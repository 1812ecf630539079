import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { WindowBudget } from '#domain/lane';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { databaseToken, poolToken } from '#ground/postgres/inject-postgres';
import { type Database, databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { LaneBudget } from './lane-budget.js';
import { LanesModule } from './lanes.module.js';
import { LanesRepository } from './lanes.repository.js';
import { type LaneRecord, ShardLanes } from './shard-lanes.js';
import { WindowLoader } from './window-loader.js';

const SHARD = 1;
const KIB = 1_024;
const LARGEST = 256 * KIB;
const STATEMENT_BYTES = 4_096 * KIB;

let fixture: ShardFixture;
let dispatcher: TestingModule;
let endpoint: number;
let shard: ShardLanes;
let loader: WindowLoader;
/** Payload bytes of each statement. */
let statements: number[];

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatcher = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), LanesModule])
    .overrideProvider(databaseToken('lanes')).useFactory({ inject: [poolToken('lanes')], factory: (pool: pg.Pool) => weighing(databaseOf(pool)) })
    .compile();
  endpoint = await fixture.createEndpoint();
});

afterAll(async () => {
  await dispatcher.close();
  await fixture.close();
});

beforeEach(() => {
  statements = [];
  shard = new ShardLanes(testLease(SHARD, 1), dispatcher.get(LaneBudget), dispatcher.get(WindowBudget));
  loader = new WindowLoader(dispatcher.get(LanesRepository));
});

/** The same database; `statements` gets the payload bytes of each answer. */
function weighing(database: Database): Database {
  return {
    query: async (text, values) => {
      const result = await database.query(text, values);
      const rows: readonly { payload: Buffer | null }[] = result.rows;
      statements.push(rows.reduce((bytes, { payload }) => bytes + (payload?.length ?? 0), 0));
      return result;
    },
  };
}

/** A lane with pending deliveries of these sizes. */
async function createLane(entity: string, bytes: readonly number[]): Promise<LaneRecord> {
  const ids = await fixture.accept(bytes.map((size) => ({ shard: SHARD, entity, payload: randomBytes(size) })));
  const { rows: [row] } = await fixture.pool.query<{ id: number }>(
    `with lane as (insert into lanes (tenant, endpoint, entity, shard, tail_sequence) values ('default', $1, $2, $3, $5) returning id),
       made as (
         insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status)
         select event, $1, 'default', $3, lane.id, n, 'pending' from lane cross join unnest($4::uuid[]) with ordinality as d (event, n))
     select id from lane`,
    [endpoint, entity, SHARD, ids, ids.length]);
  return add({ kind: 'lane', lane: row?.id ?? 0 }, ids.length);
}

async function createUnordered(bytes: number): Promise<LaneRecord> {
  const [eventId = ''] = await fixture.accept([{ shard: SHARD, entity: 'unordered', payload: randomBytes(bytes) }]);
  await fixture.pool.query("insert into deliveries (event_id, endpoint, tenant, shard, status) values ($1, $2, 'default', $3, 'pending')", [eventId, endpoint, SHARD]);
  return add({ kind: 'unordered', delivery: { eventId, endpoint, replay: 0 } }, 1);
}

function add(name: LaneRecord['name'], tailSequence: number): LaneRecord {
  const record = shard.add(name, endpoint, { headSequence: 1, tailSequence, deliveredSequence: 0, attempts: 0 });
  if (record === undefined) throw new Error('no room');
  return record;
}

/** Loads all at once; the sequences that each got. */
async function load(records: readonly LaneRecord[]): Promise<number[][]> {
  const windows = await Promise.all(records.map((record) => loader.load(record)));
  return windows.map((items) => items.map(({ sequence }) => sequence));
}

function expectBounded(total: number): void {
  expect(statements.reduce((sum, bytes) => sum + bytes, 0)).toBe(total);
  expect(Math.max(...statements)).toBeLessThan(STATEMENT_BYTES + LARGEST);
  expect(Math.min(...statements)).toBeGreaterThan(0);
}

it('loads many lanes of large events a few megabytes at a time, and each gets its head', async () => {
  const records: LaneRecord[] = [];
  for (let n = 0; n < 40; n++) records.push(await createLane(`large-${n}`, [LARGEST, LARGEST, LARGEST]));
  expect(await load(records)).toEqual(records.map(() => [1]));
  expectBounded(40 * LARGEST);
  expect(statements.length).toBe(3);
});

it('gives a lane of small events its whole window, and of larger ones what takes little room', async () => {
  const records = [
    await createLane('small', Array<number>(20).fill(8)),
    await createLane('middling', Array<number>(20).fill(10 * KIB)),
    await createLane('small, then large', [8, 8, LARGEST, 8]),
    await createLane('empty, then large', [0, LARGEST]),
  ];
  const first = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
  expect(await load(records)).toEqual([first(16), first(6), first(2), first(1)]);
});

it('tells a lane that did not fit from one that has nothing pending', async () => {
  const drained = await createLane('drained', [8]);
  await fixture.pool.query("update deliveries set status = 'delivered' where lane in (select id from lanes where entity = 'drained')");
  const records: LaneRecord[] = [];
  for (let n = 0; n < 20; n++) records.push(await createLane(`around-${n}`, [LARGEST]));
  const lanes = [...records, drained];
  expect(await load(lanes)).toEqual(lanes.map((record) => (record === drained ? [] : [1])));
  expectBounded(20 * LARGEST);
});

it('bounds large deliveries without a lane too', async () => {
  const records: LaneRecord[] = [];
  for (let n = 0; n < 40; n++) records.push(await createUnordered(LARGEST));
  expect(await load(records)).toEqual(records.map(() => [1]));
  expectBounded(40 * LARGEST);
  expect(statements.length).toBe(3);
});
