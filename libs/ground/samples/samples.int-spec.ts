import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { captureLog, type LogCapture } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
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
/** Where the next flush begins; far from the one before. */
let before = 0;

beforeAll(async () => {
  fixture = await createShardFixture();
  log = captureLog();
  const url = new URL(fixture.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  processes = [await testModules(fixture.url, [SamplesModule]).compile(), await testModules(url.href, [SamplesModule], { logger: log.logger }).compile()];
});

beforeEach(async () => {
  await fixture.pool.query('truncate samples, recent_samples, sample_rollups, sample_flushes');
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
  ({ tenant: 'acme', dimension: 'type', name: 'order.paid', measure: 'accepted', atMs: NOON, count: 1, sum: 0, buckets: [], ...changes });

/** A flush, unless another one is given, after all before. */
const add = (samples: readonly TimedSample[], process = processes[0], changes: Partial<SampleFlush> = {}): Promise<void> =>
  process.get(SamplesRepository).add({ before: (before += 1_000), samples, stops: false, ...changes });
const rollUp = (process = processes[0]): Promise<void> => process.get(SamplesWriter).rollUp();
const sumOf = (rows: readonly Stored[]): number => rows.reduce((sum, { count }) => sum + count, 0);
/** What a statement that takes too long throws. */
const timeout = (): Promise<never> => fixture.pool.query("begin; set local statement_timeout = '1ms'; select pg_sleep(1)").then(() => Promise.reject(new Error('There was time'))).finally(() => fixture.pool.query('rollback'));

interface Stored {
  readonly name: string;
  readonly step: number;
  readonly at: Date;
  readonly count: number;
}

/** Those of ten seconds, added up over all flushes, and the minutes and hours. */
async function stored(where = 'true'): Promise<Stored[]> {
  const { rows } = await fixture.pool.query<Stored>(`
    select * from (
      select tenant, dimension, name, 10 as step, at, measure, sum(n.count)::integer as count, coalesce(sum(n.sum), 0) as sum, sum_buckets(coalesce(n.buckets, '{}')::bigint[])::integer[] as buckets
      from recent_samples r cross join unnest(r.names, r.counts, r.sums, r.buckets) as n (name, count, sum, buckets)
      group by 1, 2, 3, 5, 6
      union all
      select tenant, dimension, name, step, at, measure, count::integer, sum, buckets::integer[] from sample_rollups
    ) s
    where ${where}
    order by dimension, name, step, at, measure`);
  return rows;
}

describe('numbers over time', () => {
  it('are added to their minute and hour, those of several processes together', async () => {
    await add([
      sample(), sample({ atMs: NOON + 10 * SECOND_MS, count: 2 }), sample({ atMs: NOON + 59 * MINUTE_MS, count: 4 }), sample({ atMs: NOON + 60 * MINUTE_MS, count: 8 }),
      sample({ name: 'order.created', count: 16 }),
    ]);
    await add([sample({ count: 32 })], processes[1]);
    const brief = async (): Promise<unknown[]> => (await stored()).map(({ name, step, at, count }) => [name, step, (at.getTime() - NOON) / SECOND_MS, count]);
    expect(await brief()).toEqual([
      ['order.created', 10, 0, 16], ['order.paid', 10, 0, 33], ['order.paid', 10, 10, 2], ['order.paid', 10, 3_540, 4], ['order.paid', 10, 3_600, 8],
    ]);
    await rollUp();
    const rolledUp = [
      ['order.created', 60, 0, 16], ['order.created', 3_600, 0, 16],
      ['order.paid', 60, 0, 35], ['order.paid', 60, 3_540, 4], ['order.paid', 60, 3_600, 8], ['order.paid', 3_600, 0, 39], ['order.paid', 3_600, 3_600, 8],
    ];
    expect((await brief()).filter((row) => (row as unknown[])[1] !== 10)).toEqual(rolledUp);
    // What comes late is added, too, and what is older than two hours is deleted, once it is in them.
    await add([sample({ count: 64 })]);
    await rollUp(processes[1]);
    await rollUp();
    expect(await brief()).toEqual(rolledUp.map((row) => (row[0] === 'order.paid' && row[2] === 0 ? [...row.slice(0, 3), Number(row[3]) + 64] : row)));
  });

  it('of the last five minutes are not in their minutes yet', async () => {
    const atMs = Date.now();
    await add([sample({ atMs }), sample({ atMs: atMs - 10 * MINUTE_MS, count: 2 })]);
    await rollUp();
    expect(await stored('step > 10')).toMatchObject([{ step: 60, count: 2 }, { step: 3_600, count: 2 }]);
    const { rows } = await fixture.pool.query<{ rolled_up: boolean }>('select rolled_up from recent_samples order by at');
    expect(rows).toEqual([{ rolled_up: true }, { rolled_up: false }]);
  });

  it('have histograms that are merged, whatever their lengths', async () => {
    const latency = { measure: 'latency', count: 3, sum: 5 };
    await add([sample({ ...latency, buckets: [1, 0, 2] }), sample({ ...latency, atMs: NOON + MINUTE_MS, buckets: [0, 3] }), sample()]);
    await add([sample({ ...latency, buckets: [0, 0, 0, 0, 3] })]);
    await rollUp();
    expect(await stored("measure = 'latency' and step > 10")).toMatchObject([
      { step: 60, at: new Date(NOON), count: 6, sum: 10, buckets: [1, 0, 2, 0, 3] }, { step: 60, at: new Date(NOON + MINUTE_MS), count: 3, sum: 5, buckets: [0, 3] },
      { step: 3_600, at: new Date(NOON), count: 9, sum: 15, buckets: [1, 3, 2, 0, 3] },
    ]);
  });

  it('are added once by a flush that comes again, also while the first one is under way', async () => {
    const again = { before: (before += 1_000) };
    await Promise.all([add([sample()], processes[0], again), add([sample()], processes[0], again)]);
    await add([sample()], processes[0], again);
    await add([sample()], processes[0], { before: again.before - 1 });
    await add([sample({ count: 2 })]);
    expect(await stored()).toMatchObject([{ step: 10, count: 3 }]);
  });

  it('are added once by a flush that comes again in parts, whichever comes first', async () => {
    const [first, second] = [sample(), sample({ name: 'order.created' })];
    for (const order of [['whole', 'first', 'second'], ['first', 'whole', 'second'], ['first', 'second', 'whole']]) {
      await fixture.pool.query('truncate recent_samples');
      const start = (before += 1_000);
      for (const part of order) {
        if (part === 'whole') await add([first, second], processes[0], { before: start });
        if (part === 'first') await add([first], processes[0], { before: start });
        if (part === 'second') await add([second], processes[0], { before: start + 1 });
      }
      expect(await stored()).toMatchObject([{ name: 'order.created', count: 1 }, { name: 'order.paid', count: 1 }]);
    }
  });

  it('are added once when the answer to a flush is lost, and takes too long the next time', async () => {
    const [samples, writer, repository] = [processes[1].get(Samples), processes[1].get(SamplesWriter), processes[1].get(SamplesRepository)];
    await writer.flush();
    for (let i = 0; i < 100; i++) samples.events('acme', 'api', `type.${i}`).count('routed');
    network.holdAnswers();
    const lost = expect(writer.flush()).rejects.toThrow();
    await waitUntil('the commit', async () => (await stored("dimension = 'type'")).length === 100);
    network.cut();
    await lost;
    network.restore();
    jest.spyOn(repository, 'add').mockImplementationOnce(timeout);
    await expect(writer.flush()).rejects.toThrow('statement timeout');
    samples.events('acme', 'api', 'later').count('routed');
    await writer.flush();
    expect(sumOf(await stored("dimension = 'type'"))).toBe(101);
  });

  it('are in their minutes and hours once, however many processes add them at the same time', async () => {
    const rows = 400;
    for (let i = 0; i < rows; i++) await fixture.pool.query("insert into recent_samples values ($1, 'endpoint', 'routed', $2, '{1,2,3}', '{1,1,1}')", [`tenant-${i % 20}`, new Date(NOON + i * 10 * SECOND_MS)]);
    await Promise.all(Array.from({ length: 6 }, (_, i) => rollUp(processes[i % 2])));
    // Those that another one has locked are left to it.
    await rollUp();
    const sums = await fixture.pool.query<{ step: number; count: number }>('select step, sum(count)::integer as count from sample_rollups group by step order by step');
    expect(sums.rows).toEqual([{ step: 60, count: 3 * rows }, { step: 3_600, count: 3 * rows }]);
  });

  it('are in their minutes and hours once, also when Postgres\' answer is lost', async () => {
    await add([sample({ count: 5 })]);
    await add([], processes[1]);
    network.holdAnswers();
    const refused = expect(rollUp(processes[1])).rejects.toThrow();
    await waitUntil('the commit', async () => (await stored('step = 60')).length === 1);
    network.cut();
    await refused;
    network.restore();
    await waitUntil('the next one', () => rollUp(processes[1]).then(() => true, () => false));
    expect(await stored('step > 10')).toMatchObject([{ count: 5 }, { count: 5 }]);
  });

  it('stay in memory while Postgres does not answer, and are then stored once', async () => {
    const [samples, writer] = [processes[1].get(Samples), processes[1].get(SamplesWriter)];
    const tally = () => samples.endpoint('acme', 7);
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
    expect(sumOf(await stored("dimension = 'endpoint'"))).toBe(12);
  });

  it('are stored in statements of a bounded size, and at the end; the process then counts as ended', async () => {
    const another = await testModules(fixture.url, [SamplesModule]).compile();
    const [samples, writer] = [another.get(Samples), another.get(SamplesWriter)];
    for (let i = 0; i < 1_000; i++) for (let measure = 0; measure < 11; measure++) samples.events('acme', 'api', `type.${i}`).count(`measure.${measure}`);
    // The end has a second only.
    await writer.flush();
    samples.events('acme', 'api', 'type.0').count('measure.0');
    await writer.stop();
    expect(sumOf(await stored("dimension = 'type'"))).toBe(11_001);
    const { rows } = await fixture.pool.query<Record<string, unknown>>('select number::integer, app, version, pid, stopped_at is not null as ended from sample_flushes');
    expect(rows).toEqual([{ number: 11_013, app: 'test', version: VERSION, pid: process.pid, ended: true }]);
    await another.close();
  });

  it('are stored in smaller statements after one that took too long', async () => {
    const repository = processes[0].get(SamplesRepository);
    const sizes: number[] = [];
    const stores = repository.add.bind(repository);
    jest.spyOn(repository, 'add').mockImplementation(async (flush) => {
      sizes.push(flush.samples.length);
      if (flush.samples.length > 25) await timeout();
      return stores(flush);
    });
    const [samples, writer] = [processes[0].get(Samples), processes[0].get(SamplesWriter)];
    for (let i = 0; i < 98; i++) samples.events('acme', 'api', `type.${i}`).count('routed');
    for (let i = 0; i < 2; i++) await expect(writer.flush()).rejects.toThrow('statement timeout');
    samples.events('acme', 'api', 'later').count('routed');
    await expect(writer.flush()).rejects.toThrow('statement timeout');
    await writer.flush();
    expect(sizes).toEqual([99, 50, 25, 25, 49, 25, 24, 2]);
    expect(sumOf(await stored("dimension = 'type'"))).toBe(99);
  });

  it('do not keep a process from ending while Postgres does not answer', async () => {
    const url = new URL(fixture.url);
    const silent = await TcpProxy.start(url.hostname, Number(url.port));
    url.port = String(silent.port);
    const another = await testModules(url.href, [SamplesModule], { logger: log.logger }).compile();
    another.get(SamplesWriter).start();
    await waitUntil('the first flush', async () => (await fixture.pool.query('select from sample_flushes')).rowCount === 1);
    silent.halfOpen();
    const beganAt = performance.now();
    await another.get(SamplesWriter).stop();
    await another.close();
    // A connection is given up after 5 s, a statement after 65 s; a process has 2.5 s, of which traces may take half a second.
    expect(performance.now() - beganAt).toBeLessThan(2_000);
    expect(log.lines.map(({ msg }) => msg)).toContain('Postgres does not answer: the last numbers over time may be lost');
    await silent.stop();
  });

  it('give each ten seconds one value of a gauge', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(NOON + 3 * SECOND_MS);
    const another = await testModules(fixture.url, [SamplesModule]).compile();
    const [samples, writer] = [another.get(Samples), another.get(SamplesWriter)];
    samples.observe({ measure: 'backlog', read: () => [{ tenant: 'acme', endpoint: 1, value: 7 }] });
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

  it('are deleted after two hours, more at once than come', async () => {
    const insert = "insert into recent_samples select 'acme', 'type', 'accepted', now() - $2::interval, array['a'], array[1], null, null, $3 from generate_series(1, $1::integer)";
    await fixture.pool.query(insert, [4_500, '3 hours', true]);
    await fixture.pool.query(insert, [2_000, '10 minutes', false]);
    await processes[0].get(SamplesRepository).rollUp(2_000);
    const { rows } = await fixture.pool.query<{ old: number; kept: number }>("select count(*) filter (where at < now() - interval '2 hours')::integer as old, count(*) filter (where at > now() - interval '2 hours')::integer as kept from recent_samples");
    expect(rows).toEqual([{ old: 500, kept: 2_000 }]);
  });

  it('that Postgres cannot add keep no others from their minutes and hours', async () => {
    const insert = "insert into recent_samples values ($1, 'type', 'latency', $2, '{a}', '{1}', '{1}', $3)";
    for (const [tenant, buckets] of [['acme', '{0,x}'], ['acme', '{0,1}'], ['beta', 'none'], ['gamma', '{2}']] as const) await fixture.pool.query(insert, [tenant, new Date(NOON), [buckets]]);
    await rollUp(processes[1]);
    expect(await stored('step = 60')).toMatchObject([{ tenant: 'acme', count: 1, buckets: [0, 1] }, { tenant: 'gamma', count: 1, buckets: [2] }]);
    const lines = log.lines.filter(({ msg }) => msg === 'Numbers over time of ten seconds cannot be added to their minute and hour, and are missing there');
    expect(lines).toMatchObject([{ level: 50, tenant: 'acme', dimension: 'type', measure: 'latency' }, { level: 50, tenant: 'beta' }]);
    const { rows } = await fixture.pool.query('select from recent_samples where not rolled_up');
    expect(rows).toEqual([]);
  });

  it('a flush without numbers shows that the process runs; those of processes that ended a month ago are forgotten', async () => {
    for (const ago of ['31 days', '2 days']) await fixture.pool.query('insert into sample_flushes (process, number, flushed_at) values ($1, 1, now() - $2::interval)', [randomUUID(), ago]);
    await add([]);
    await rollUp();
    const { rows } = await fixture.pool.query<Record<string, unknown>>("select app, stopped_at, flushed_at > now() - interval '1 minute' as fresh from sample_flushes order by flushed_at");
    expect(rows).toEqual([{ app: null, stopped_at: null, fresh: false }, { app: 'test', stopped_at: null, fresh: true }]);
  });
});
