import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { VERSION } from '#ground/config/version';
import { Samples } from './samples.js';
import { SamplesModule } from './samples.module.js';
import { type SampleFlush, SamplesRepository, type TimedSample } from './samples.repository.js';
import { SamplesWriter } from './samples-writer.js';

const NOON = Date.parse('2026-01-31T12:00:00Z');
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

let fixture: ShardFixture;
let log: LogCapture;
/** Two processes on one database; the network of the second can break. */
let processes: readonly [TestingModule, TestingModule];
let network: TcpProxy;
let endpoint: number;
let flushes = 0;

beforeAll(async () => {
  fixture = await createShardFixture();
  log = captureLog();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  processes = [await testModules(fixture.url, [SamplesModule]).compile(), await testModules(url.href, [SamplesModule], { logger: log.logger }).compile()];
  endpoint = await fixture.createEndpoint();
});

beforeEach(async () => {
  await fixture.pool.query('truncate samples, sample_flushes');
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  network.restore();
  await Promise.all(processes.map((process) => process.close()));
  await network.stop();
  await fixture.close();
});

const sample = (changes: Partial<TimedSample> = {}): TimedSample =>
  ({ dimension: 'endpoint', tenant: '', name: '', endpoint, isOther: false, measure: 'routed', atMs: NOON, count: 1, sum: 0, buckets: [], ...changes });
const ofType = (changes: Partial<TimedSample> = {}): TimedSample => sample({ dimension: 'type', tenant: 'acme', name: 'order.paid', endpoint: 0, measure: 'accepted', ...changes });

/** A flush, unless another one is given, with a number that is higher than all before. */
const add = (samples: readonly TimedSample[], process = processes[0], changes: Partial<SampleFlush> = {}): Promise<void> =>
  process.get(SamplesRepository).add({ number: (flushes += 1), samples, stops: false, ...changes });

interface Stored {
  readonly subject: string;
  readonly step: number;
  readonly at: Date;
  readonly count: number;
}

async function stored(where = 'true'): Promise<Stored[]> {
  const { rows } = await fixture.pool.query<Stored>(`select subject, tenant, dimension, step, at, measure, count::integer, sum, buckets::integer[] from samples where ${where} order by subject, step, at, measure`);
  return rows;
}

describe('numbers over time', () => {
  it('are added to their ten seconds, minute and hour, those of several processes together', async () => {
    await add([
      ofType(), ofType({ atMs: NOON + 10 * SECOND_MS, count: 2 }), ofType({ atMs: NOON + 59 * MINUTE_MS, count: 4 }), ofType({ atMs: NOON + 60 * MINUTE_MS, count: 8 }),
      ofType({ name: 'order.created', count: 16 }),
    ]);
    await add([ofType({ count: 32 })], processes[1]);
    const brief = (await stored()).map(({ subject, step, at, count }) => [subject, step, (at.getTime() - NOON) / SECOND_MS, count]);
    expect(brief).toEqual([
      ['type/acme/order.created', 10, 0, 16], ['type/acme/order.created', 60, 0, 16], ['type/acme/order.created', 3_600, 0, 16],
      ['type/acme/order.paid', 10, 0, 33], ['type/acme/order.paid', 10, 10, 2], ['type/acme/order.paid', 10, 3_540, 4], ['type/acme/order.paid', 10, 3_600, 8],
      ['type/acme/order.paid', 60, 0, 35], ['type/acme/order.paid', 60, 3_540, 4], ['type/acme/order.paid', 60, 3_600, 8],
      ['type/acme/order.paid', 3_600, 0, 39], ['type/acme/order.paid', 3_600, 3_600, 8],
    ]);
  });

  it('of endpoints are also those of their tenants; those that are not told apart are together', async () => {
    const [second, third] = [await fixture.createEndpoint(), await fixture.createEndpoint()];
    await add([sample(), sample({ endpoint: second, count: 2, isOther: true }), sample({ endpoint: third, count: 4, isOther: true }), sample({ endpoint: 2_000_000_000, count: 8 })]);
    expect(await stored('step = 60')).toMatchObject([
      { subject: `endpoint/${endpoint}`, tenant: 'default', dimension: 'endpoint', count: 1 }, { subject: 'endpoint/default/', tenant: 'default', dimension: 'endpoint', count: 6 },
      { subject: 'tenant/default', tenant: 'default', dimension: 'tenant', count: 7 },
    ].sort((a, b) => (a.subject < b.subject ? -1 : 1)));
  });

  it('have histograms that are merged, whatever their lengths', async () => {
    const latency = { measure: 'latency', count: 3, sum: 5 };
    await add([ofType({ ...latency, buckets: [1, 0, 2] }), ofType({ ...latency, atMs: NOON + MINUTE_MS, buckets: [0, 3] }), ofType()]);
    await add([ofType({ ...latency, buckets: [0, 0, 0, 0, 3] })]);
    expect(await stored("measure = 'latency' and step > 10")).toMatchObject([
      { step: 60, at: new Date(NOON), count: 6, sum: 10, buckets: [1, 0, 2, 0, 3] }, { step: 60, at: new Date(NOON + MINUTE_MS), count: 3, sum: 5, buckets: [0, 3] },
      { step: 3_600, at: new Date(NOON), count: 9, sum: 15, buckets: [1, 3, 2, 0, 3] },
    ]);
  });

  it('are added once by a flush that comes again, also while the first one is under way', async () => {
    const number = (flushes += 2);
    await Promise.all([add([ofType()], processes[0], { number }), add([ofType()], processes[0], { number })]);
    await add([ofType()], processes[0], { number });
    await add([ofType()], processes[0], { number: number - 1 });
    await add([ofType({ count: 2 })]);
    expect(await stored()).toMatchObject([{ step: 10, count: 3 }, { step: 60, count: 3 }, { step: 3_600, count: 3 }]);
  });

  it('of several processes at the same time do not deadlock', async () => {
    const endpoints = (await fixture.pool.query<{ id: number }>("insert into endpoints (public_id, tenant, url) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/' from generate_series(1, 300) returning id")).rows;
    const samples = endpoints.map(({ id }) => sample({ endpoint: id }));
    await Promise.all(Array.from({ length: 8 }, (_, i) => add(i % 2 === 0 ? samples : samples.toReversed(), processes[i % 2])));
    // Each process sends one flush after the other: the numbers of those that arrive late are too low.
    const counts = new Set((await stored("dimension = 'endpoint'")).map(({ count }) => count));
    expect(counts.size).toBe(1);
    expect((await stored("dimension = 'endpoint'"))).toHaveLength(900);
  });

  it('of the release before belong to their tenants once the new one adds to them', async () => {
    await fixture.pool.query("insert into samples (subject, step, at, measure, count, sum, buckets) values ($1, 60, $2, 'routed', 5, 0, '{}')", [`endpoint/${endpoint}`, new Date(NOON)]);
    await add([sample()]);
    expect(await stored("dimension = 'endpoint' and step = 60")).toMatchObject([{ tenant: 'default', count: 6 }]);
  });

  it('stay in memory while Postgres does not answer, and are then stored once', async () => {
    const [samples, writer] = [processes[1].get(Samples), processes[1].get(SamplesWriter)];
    const tally = () => samples.endpoint(endpoint);
    tally().count('deliveries.dead', 3);
    await writer.flush();
    network.cut();
    tally().count('deliveries.dead', 4);
    await expect(writer.flush()).rejects.toThrow();
    tally().count('deliveries.dead', 5);
    await expect(writer.flush()).rejects.toThrow();
    network.restore();
    await writer.flush();
    await writer.flush();
    const { rows } = await fixture.pool.query<{ count: number }>("select sum(count)::integer as count from samples where step = 3600 and subject = $1", [`endpoint/${endpoint}`]);
    expect(rows).toEqual([{ count: 12 }]);
  });

  it('are stored in statements of a bounded size, and at the end; the process then counts as ended', async () => {
    const [samples, writer] = [processes[0].get(Samples), processes[0].get(SamplesWriter)];
    for (let i = 0; i < 1_000; i++) for (const measure of ['a', 'b', 'c', 'd']) samples.events('acme', 'api', `type.${i}`).count(measure);
    await writer.stop();
    expect(await stored("step = 60 and dimension = 'type'")).toHaveLength(4_000);
    const { rows } = await fixture.pool.query<Record<string, unknown>>('select number::integer, app, version, pid, stopped_at is not null as ended from sample_flushes');
    expect(rows).toEqual([{ number: 3, app: 'test', version: VERSION, pid: process.pid, ended: true }]);
  });

  it('give each ten seconds one value of a gauge', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(NOON + 3 * SECOND_MS);
    const another = await testModules(fixture.url, [SamplesModule]).compile();
    const [samples, writer] = [another.get(Samples), another.get(SamplesWriter)];
    samples.observe({ measure: 'backlog', read: () => new Map([[endpoint, 7]]) });
    // Late, at the same time, after three times ten seconds, and after minutes in which nobody looked.
    for (const afterSeconds of [10.1, 10.2, 40, 640]) {
      now.mockReturnValue(NOON + afterSeconds * SECOND_MS);
      await writer.flush();
    }
    const shown = await stored("measure = 'backlog' and step = 10 and dimension = 'endpoint'");
    expect(shown.map(({ at }) => (at.getTime() - NOON) / SECOND_MS)).toEqual([0, 10, 20, 30, 580, 590, 600, 610, 620, 630]);
    expect(shown).toEqual(shown.map((row) => ({ ...row, count: 1, sum: 7, buckets: [] })));
    await another.close();
  });

  it('a flush without numbers shows that the process runs; those of processes that ended long ago are forgotten', async () => {
    await fixture.pool.query("insert into sample_flushes (process, number, flushed_at) values ($1, 1, now() - interval '2 days')", [randomUUID()]);
    await add([]);
    const { rows } = await fixture.pool.query<Record<string, unknown>>("select app, stopped_at, flushed_at > now() - interval '1 minute' as fresh from sample_flushes");
    expect(rows).toEqual([{ app: 'test', stopped_at: null, fresh: true }]);
  });
});
