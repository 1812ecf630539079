import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import { WindowBudget } from '#domain/lane';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { LaneIntake } from '#flow/lanes/lane-intake';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import { testLease } from '#flow/leases/fixtures/test-lease';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { Samples } from '#ground/samples/samples';
import { NO_TRACING } from '#ground/tracing/tracing';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { waitUntil } from '#dev/testing/wait-until';
import { AdmissionRepository, type ShardAdmission, type ShardVerdict } from './admission.repository.js';
import { type AdmissionResult, AdmissionService } from './admission.service.js';

/** A statement that waits for a lock exceeds this. */
const TIMEOUT_MS = 400;

let fixture: ShardFixture;
let pool: ReturnType<typeof createPool>;
let service: AdmissionService;
let progress: AdmissionProgress;
let shards: ShardLanes[];
/** Events by shard of each statement. */
let statements: Record<number, number>[];
/** A statement with more events of shard 0 exceeds its time. */
let mostThatFit: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  await fixture.createEndpoint();
  pool = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 2, plans: 'by-hash', transactionTimeoutMs: TIMEOUT_MS });
});

afterAll(async () => {
  await pool.end();
  await fixture.close();
});

beforeEach(async () => {
  statements = [];
  mostThatFit = Infinity;
  progress = new AdmissionProgress();
  const budget = new LaneBudget(1_000);
  shards = await Promise.all([0, 1, 2].map(async (shard) => new ShardLanes(testLease(shard, await fixture.takeShard(shard)), budget, new WindowBudget(1_000_000))));
  class Recorded extends AdmissionRepository {
    override admit(admissions: readonly ShardAdmission[]): Promise<ShardVerdict[]> {
      statements.push(Object.fromEntries(admissions.map(({ shard, eventIds }) => [shard, eventIds.length])));
      const isTooLarge = admissions.some(({ shard, eventIds }) => shard === 0 && eventIds.length > mostThatFit);
      return isTooLarge ? Promise.reject(new Error('Query read timeout')) : super.admit(admissions);
    }
  }
  const intake = new LaneIntake({ ready: () => undefined, followed: () => undefined });
  service = new AdmissionService(new Recorded(databaseOf(pool)), intake, progress, { requireVersion: () => undefined }, new Samples(), pino({ level: 'silent' }), NO_TRACING);
});

const accept = (shard: number, entity: string, count: number): Promise<string[]> => fixture.accept(Array.from({ length: count }, () => ({ shard, entity: `${entity} ${shard}` })));

function admit(shard: number, eventIds: readonly string[]): Promise<AdmissionResult> {
  const lanes = shards[shard];
  if (lanes === undefined) throw new Error(`No shard ${shard}`);
  return service.admit({ lanes, source: 'log', payloads: new Map(), eventIds, parked: [], nextOffset: undefined, caughtUp: false });
}

/** Admits all of them, and again what was postponed. @returns the admitted parts' sizes */
async function admitAll(shard: number, eventIds: readonly string[]): Promise<number[]> {
  const parts: number[] = [];
  for (let left = eventIds; left.length > 0; ) {
    const result = await admit(shard, left);
    if (result.kind !== 'admitted') throw new Error(`Not admitted: ${result.kind}`);
    parts.push(result.admitted);
    left = result.postponed;
  }
  return parts;
}

/** Holds the lane of an entity until it is released. */
async function lock(entity: string): Promise<() => Promise<void>> {
  const session = await fixture.pool.connect();
  await session.query('begin');
  const { rowCount } = await session.query('select from lanes where entity = $1 for update', [entity]);
  expect(rowCount).toBe(1);
  return async () => {
    await session.query('commit');
    session.release();
  };
}

describe('an admission that exceeds its time', () => {
  it('comes again with half as much each time, down to one event, and with twice as much after every four full ones', async () => {
    await admitAll(0, await accept(0, 'halved', 1));
    const ids = await accept(0, 'halved', 500);
    const release = await lock('halved 0');
    statements = [];
    const delays: number[] = [];
    for (let i = 0; i < 3; i++) {
      const result = await admit(0, ids);
      if (result.kind === 'unknown') delays.push(result.retryInMs);
    }
    await release();
    expect([statements, delays]).toEqual([[{ 0: 500 }, { 0: 250 }, { 0: 125 }], [500, 1_000, 2_000]]);
    expect(await admitAll(0, ids)).toEqual([62, 62, 62, 62, 125, 125, 2]);
    const { rows } = await fixture.pool.query<{ event_id: string }>('select event_id from deliveries where event_id = any($1) order by sequence', [ids]);
    expect(rows.map(({ event_id: id }) => id)).toEqual(ids);
  });

  it('keeps no other shard from being admitted: each has a statement of its own then', async () => {
    for (const shard of [0, 1, 2]) await admitAll(shard, await accept(shard, 'shared', 1));
    const [locked = [], second = [], third = []] = await Promise.all([0, 1, 2].map((shard) => accept(shard, 'shared', 3)));
    const release = await lock('shared 0');
    statements = [];
    const results = await Promise.all([admit(0, locked), admit(1, second), admit(2, third)]);
    expect(results.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(statements).toEqual([{ 0: 3, 1: 3, 2: 3 }]);
    const stuck = admit(0, locked);
    expect(await Promise.all([admitAll(1, second), admitAll(2, third)])).toEqual([[3], [3]]);
    expect((await stuck).kind).toBe('unknown');
    // They share statements again, while the other one is still stuck.
    const [again, more, most] = [admit(0, locked), await accept(1, 'shared', 2), await accept(2, 'shared', 2)];
    statements = [];
    expect(await Promise.all([admitAll(1, more), admitAll(2, most)])).toEqual([[2], [2]]);
    expect(statements.filter((statement) => !('0' in statement))).toEqual([{ 1: 2, 2: 2 }]);
    await again;
    await release();
    expect((await admitAll(0, locked)).reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(progress.applied).toBe(progress.sent);
  });

  it.each([
    { fitting: 62, count: 496, expected: 'xxx....x....' },
    { fitting: 300, count: 2_000, expected: 'x....x....' },
  ])('is tried with more than $fitting events, which fit, alone and after four full statements, whatever comes between', async ({ fitting, count, expected }) => {
    const [heavy, light] = [await accept(0, `heavy ${fitting}`, count), await accept(1, `light ${fitting}`, 20)];
    mostThatFit = fitting;
    const sizes: number[] = [];
    for (let left = heavy; left.length > 0; ) {
      const [result] = await Promise.all([admit(0, left.slice(0, 500)), admit(1, light.splice(0, 1))]);
      sizes.push(...statements.flatMap((statement) => statement[0] ?? []));
      const shared = statements.filter((statement) => 0 in statement && 1 in statement);
      if (sizes.length > 1) expect(shared).toEqual([]);
      statements = [];
      if (result.kind === 'admitted') left = [...new Set([...result.postponed, ...left.slice(500)])];
      // As the reader moves the cursor.
      await admit(0, []);
      statements = [];
    }
    expect(sizes.map((size) => (size > fitting ? 'x' : '.')).join('')).toBe(expected);
  });

  it('sends one statement of a shard at a time', async () => {
    const [first = [], second = []] = [await accept(0, 'turns', 2), await accept(0, 'turns', 2)];
    await Promise.all([admit(0, first), admit(0, second)]);
    expect(statements).toEqual([{ 0: 2 }, { 0: 2 }]);
    await waitUntil('all results applied', () => progress.applied === progress.sent);
  });
});
