import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { toPublicId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { Samples } from '#ground/samples/samples';
import { SamplesModule } from '#ground/samples/samples.module';
import { SamplesRepository } from '#ground/samples/samples.repository';
import { SamplesWriter } from '#ground/samples/samples-writer';
import { MetricsApiModule } from './metrics-api.module.js';
import { type Metrics, metricsQuerySchema, metricsSchema } from './metrics.schema.js';
import { MetricsService } from './metrics.service.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let fixture: ShardFixture;
let gateway: TestingModule;
/** Two more, which only count. */
let processes: TestingModule[];
let endpoint: number;
let id: string;

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [MetricsApiModule]).compile();
});

beforeEach(async () => {
  await fixture.pool.query('truncate samples, recent_samples, sample_rollups');
  [endpoint, id] = await createEndpoint();
  processes = await Promise.all([0, 1].map(() => testModules(fixture.url, [SamplesModule]).compile()));
});

afterEach(() => Promise.all(processes.map((process) => process.close())));

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

async function createEndpoint(): Promise<[number, string]> {
  const key = await fixture.createEndpoint();
  const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [key]);
  return [key, toPublicId('ep', rows[0]?.public_id ?? '')];
}

async function read(query: Record<string, unknown>, tenant = 'default'): Promise<Metrics> {
  return metricsSchema.parse(await gateway.get(MetricsService).read(tenant, metricsQuerySchema.parse(query)));
}

const brief = ({ series }: Metrics): unknown[] => series.map(({ key, total: { value } }) => [key, value]);
const counting = (process: number): Samples => {
  const found = processes[process];
  if (found === undefined) throw new Error(`There is no process ${process}`);
  return found.get(Samples);
};
const flush = async (): Promise<void> => {
  for (const process of processes) await process.get(SamplesWriter).flush();
};

interface Row {
  readonly dimension: 'tenant' | 'endpoint' | 'source' | 'type';
  readonly name?: string;
  readonly step: number;
  readonly at: Date;
  readonly measure: string;
  readonly count?: number;
  readonly sum?: number;
}

const store = ({ dimension, name = '', step, at, measure, count = 1, sum = 0 }: Row): Promise<unknown> => fixture.pool.query(
  "insert into sample_rollups (tenant, dimension, name, step, at, measure, count, sum, buckets) values ('default', $1, $2, $3, $4, $5, $6, $7, '{}')", [dimension, name, step, at, measure, count, sum]);

describe('a tenant\'s numbers over time', () => {
  it('are those of all processes, within a flush', async () => {
    counting(0).events('default', 'api', 'order.paid').count('accepted', 3);
    counting(1).events('default', 'stripe', 'order.paid').count('accepted', 4);
    counting(1).events('acme', 'api', 'order.paid').count('accepted', 8);
    await flush();
    const { series, ...rest } = await read({ measure: 'accepted' });
    expect(rest).toMatchObject({ measure: 'accepted', kind: 'count', by: null, step: '10s' });
    expect(series).toEqual([{ key: null, total: { value: 7 }, points: series[0]?.points }]);
    expect(series[0]?.points.reduce((sum, { value }) => sum + value, 0)).toBe(7);
    expect(brief(await read({ measure: 'accepted', by: 'source' }))).toEqual([['stripe', 4], ['api', 3]]);
    expect(brief(await read({ measure: 'accepted', by: 'type' }))).toEqual([['order.paid', 7]]);
    expect(brief(await read({ measure: 'accepted', source: 'api' }))).toEqual([['api', 3]]);
    expect(brief(await read({ measure: 'accepted' }, 'acme'))).toEqual([[null, 8]]);
    expect(brief(await read({ measure: 'accepted', by: 'source' }, 'beta'))).toEqual([]);
    // Without `by` there is always one series.
    expect((await read({ measure: 'accepted' }, 'beta')).series).toEqual([{ key: null, total: { value: 0 }, points: [] }]);
    expect((await read({ measure: 'latency' }, 'beta')).series).toEqual([{ key: null, total: { value: 0, count: 0, p50: 0, p95: 0, p99: 0 }, points: [] }]);
  });

  it('are told apart by endpoint, and summed for the tenant', async () => {
    const [other, otherId] = await createEndpoint();
    counting(0).endpoint('default', endpoint).count('attempts.2xx', 5);
    counting(0).endpoint('default', endpoint).count('attempts.5xx', 2);
    counting(1).endpoint('default', endpoint).count('attempts.none', 1);
    counting(1).endpoint('default', other).count('attempts.2xx', 100);
    await flush();
    expect(brief(await read({ measure: 'attempts', by: 'endpoint' }))).toEqual([[otherId, 100], [id, 8]]);
    expect(brief(await read({ measure: 'failed' }))).toEqual([[null, 3]]);
    expect(brief(await read({ measure: 'attempts', endpoint: id }))).toEqual([[id, 8]]);
    expect(brief(await read({ measure: 'attempts', endpoint: id }, 'acme'))).toEqual([]);
    expect(brief(await read({ measure: 'attempts', endpoint: `ep_${'0'.repeat(32)}` }))).toEqual([]);
  });

  it.each([2, 100])('have percentiles within 5 % of the exact ones, over processes and steps: some %p ms, and a long tail', async (typicalMs) => {
    const values = Array.from({ length: 5_000 }, (_, i) => typicalMs * Math.exp(2.5 * Math.sin(i * 12.9898) ** 3) + (i % 97 === 0 ? 20_000 : 0));
    for (const [i, value] of values.entries()) counting(i % 2).endpoint('default', endpoint).measure('latency', value);
    await flush();
    const sorted = values.toSorted((a, b) => a - b);
    const exact = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN;
    for (const query of [{ measure: 'latency' }, { measure: 'latency', by: 'endpoint' }, { measure: 'latency', step: '1h' }]) {
      const [series] = (await read(query)).series;
      expect(series?.total.count).toBe(5_000);
      for (const [found, share] of [[series?.total.p50, 0.5], [series?.total.p95, 0.95], [series?.total.p99, 0.99]] as const) expect(Math.abs((found ?? NaN) / exact(share) - 1)).toBeLessThan(0.05);
      expect(series?.total.value).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 5_000, 1);
    }
  });

  it('are complete while some of them are in their minutes and hours already', async () => {
    const atMs = Date.now() - 20 * MINUTE_MS;
    const flushed = async (count: number, ageMs: number): Promise<void> => {
      const sample = { tenant: 'default', dimension: 'source', name: 'api', measure: 'accepted', atMs: atMs - (atMs % MINUTE_MS) + ageMs, count, sum: 0, buckets: [] } as const;
      await processes[0]?.get(SamplesRepository).add({ before: (before += 1), samples: [sample], stops: false });
    };
    let before = 0;
    await flushed(1, 0);
    await flushed(2, 10_000);
    await processes[1]?.get(SamplesWriter).rollUp();
    await flushed(4, 20_000);
    for (const [step, points] of [['10s', [1, 2, 4]], ['1m', [7]]] as const) {
      const [series] = (await read({ measure: 'accepted', by: 'source', step })).series;
      expect([series?.total.value, series?.points.map(({ value }) => value)]).toEqual([7, points]);
    }
    expect(brief(await read({ measure: 'accepted', source: 'api', step: '1h' }))).toEqual([['api', 7]]);
  });

  it('have the steps and the time that are asked for', async () => {
    const at = (hours: number, minutes = 0): Date => new Date(Date.UTC(2026, 0, 31, hours, minutes));
    for (const hours of [9, 10, 11, 12, 13]) await store({ dimension: 'type', name: 'a', step: 3_600, at: at(hours), measure: 'accepted', count: 10 ** (hours - 9) });
    // Of minutes that are gone for other types.
    await store({ dimension: 'type', name: 'a', step: 60, at: at(11, 30), measure: 'accepted', count: 7 });
    const hours = await read({ measure: 'accepted', by: 'type', from: at(10).toISOString(), to: at(13).toISOString() });
    expect(hours).toMatchObject({ step: '1h', series: [{ key: 'a', total: { value: 1_110 }, points: [{ at: at(10).toISOString(), value: 10 }, { value: 100 }, { value: 1_000 }] }] });
    const days = await read({ measure: 'accepted', type: 'a', from: at(0).toISOString(), to: at(24).toISOString(), step: '6h' });
    expect(days.series[0]?.points).toEqual([{ at: at(6).toISOString(), value: 111 }, { at: at(12).toISOString(), value: 11_000 }]);
  });

  it('tell the largest apart, and sum the rest with what was not told apart', async () => {
    for (let i = 1; i <= 5; i++) await store({ dimension: 'source', name: `s${i}`, step: 3_600, at: new Date('2026-01-31T12:00:00Z'), measure: 'accepted', count: i });
    await store({ dimension: 'source', step: 3_600, at: new Date('2026-01-31T12:00:00Z'), measure: 'accepted', count: 100 });
    await store({ dimension: 'tenant', step: 3_600, at: new Date('2026-01-31T12:00:00Z'), measure: 'accepted', count: 115 });
    const found = await read({ measure: 'accepted', by: 'source', limit: 2, from: '2026-01-31T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    expect(brief(found)).toEqual([['s5', 5], ['s4', 4], [null, 106]]);
  });

  it('have percentiles of the rest, too', async () => {
    const [other] = await createEndpoint();
    const [third] = await createEndpoint();
    for (let i = 0; i < 9; i++) counting(i % 2).endpoint('default', endpoint).measure('latency', 10);
    for (let i = 0; i < 4; i++) counting(i % 2).endpoint('default', i < 3 ? other : third).measure('latency', i < 3 ? 1_000 : 50);
    await flush();
    const [largest, rest, ...none] = (await read({ measure: 'latency', by: 'endpoint', limit: 1 })).series;
    expect([largest?.key, largest?.total.count, rest?.key, rest?.total.count, rest?.total.value, none]).toEqual([id, 9, null, 4, 762.5, []]);
    expect(Math.abs((rest?.total.p50 ?? 0) / 1_000 - 1)).toBeLessThan(0.05);
    expect(rest?.points.map(({ count }) => count)).toEqual([4]);
  });

  it('are those of whole rows, before and after they are in them', async () => {
    const minuteMs = Date.now() - (Date.now() % MINUTE_MS) - 10 * MINUTE_MS;
    const sample = { tenant: 'default', dimension: 'tenant', name: '', measure: 'accepted', atMs: minuteMs + 50_000, count: 3, sum: 0, buckets: [] } as const;
    await processes[0]?.get(SamplesRepository).add({ before: 0, samples: [sample], stops: false });
    const query = { measure: 'accepted', from: new Date(minuteMs).toISOString(), to: new Date(minuteMs + 20_000).toISOString(), step: '1m' };
    expect(brief(await read(query))).toEqual([[null, 3]]);
    await processes[1]?.get(SamplesWriter).rollUp();
    expect(brief(await read(query))).toEqual([[null, 3]]);
  });

  it('have the average of a gauge, over all that was looked at', async () => {
    const from = new Date(Date.now() - (Date.now() % HOUR_MS) - HOUR_MS);
    // Nothing waited in the other half of this minute, and in the minutes after it.
    await store({ dimension: 'endpoint', name: String(endpoint), step: 60, at: from, measure: 'backlog', count: 3, sum: 3 * 120 });
    await store({ dimension: 'tenant', step: 60, at: from, measure: 'backlog', count: 3, sum: 3 * 120 });
    const range = { from: from.toISOString(), to: new Date(from.getTime() + 10 * MINUTE_MS).toISOString(), step: '1m' };
    expect(await read({ measure: 'backlog', ...range })).toMatchObject({ kind: 'gauge', series: [{ key: null, total: { value: 6 }, points: [{ value: 60 }] }] });
    expect(await read({ measure: 'backlog', by: 'endpoint', ...range })).toMatchObject({ series: [{ key: id, points: [{ value: 60 }] }] });
  });

  it('are refused where they are not known', async () => {
    const refused: [Record<string, unknown>, string][] = [
      [{ measure: 'backlog', by: 'type' }, 'by'], [{ measure: 'accepted', by: 'endpoint' }, 'by'], [{ measure: 'rejected', type: 'a' }, 'type'],
      [{ measure: 'attempts', by: 'type', endpoint: id }, 'endpoint'], [{ measure: 'attempts', source: 'api', type: 'a' }, 'type'], [{ measure: 'attempts', from: '2026-01-31T00:00:00Z', to: '2026-01-30T00:00:00Z' }, 'from'],
    ];
    for (const [query, path] of refused) await expect(read(query)).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });
});
