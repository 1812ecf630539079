import { Injectable } from '@nestjs/common';
import { parsePublicId, toPublicId } from '#domain/ids';
import { percentilesOf } from '#domain/log-histogram';
import { LockstepError } from '#domain/problem';
import { type Measure, MEASURES, type MetricDimension } from './measures.js';
import { MetricsRepository, type MetricSum } from './metrics.repository.js';
import { type MetricsRange, metricsRangeOf } from './metrics-range.js';
import type { MetricNumbers, Metrics, MetricSeries, MetricsQuery } from './metrics.schema.js';

/** Gauges are looked at every ten seconds. */
const GAUGE_SECONDS = 10;
const NOTHING = { count: 0, sum: 0, buckets: [] };
const DIMENSIONS = ['endpoint', 'source', 'type'] as const;

/** A tenant's numbers over time. */
@Injectable()
export class MetricsService {
  constructor(private readonly repository: MetricsRepository) {}

  /** @throws LockstepError invalid_request, overloaded */
  async read(tenant: string, query: MetricsQuery): Promise<Metrics> {
    const range = metricsRangeOf(query);
    const measure: Measure = MEASURES[query.measure];
    const by = dimensionOf(query, measure);
    const { from, to, step, stepSeconds, rowSeconds } = range;
    const sums = await this.repository.sum({
      tenant, dimension: by ?? 'tenant', measures: [...measure.stored], from, to, stepSeconds, rowSeconds, limit: query.limit,
      name: query.source ?? query.type, endpointId: query.endpoint === undefined ? undefined : parsePublicId('ep', query.endpoint),
      isGauge: measure.kind === 'gauge', isDuration: measure.kind === 'duration',
    });
    const series = [...Map.groupBy(sums, ({ name }) => name)].map(([, ofName]) => seriesOf(ofName, measure, range));
    if (by === undefined && series.length === 0) series.push({ key: null, total: numbersOf(NOTHING, measure, range, from.getTime(), to.getTime()), points: [] });
    return { measure: query.measure, kind: measure.kind, by: by ?? null, from: from.toISOString(), to: to.toISOString(), step, series: series.sort(byWeight) };
  }
}

/** What the series are told apart by. @throws LockstepError invalid_request if the measure is not known by it */
function dimensionOf(query: MetricsQuery, { by: known }: Measure): MetricDimension | undefined {
  const filters = DIMENSIONS.filter((dimension) => query[dimension] !== undefined);
  const [filter, ...others] = filters;
  const another = others[0] ?? (query.by !== undefined && filter !== query.by ? filter : undefined);
  if (another !== undefined) throw invalid(another, `cannot be combined with ${query.by === undefined ? filter : 'this `by`'}: numbers are told apart by one thing`);
  const by = query.by ?? filter;
  if (by !== undefined && !known.includes(by)) throw invalid(query.by === undefined ? by : 'by', `does not fit: ${query.measure} is known by ${known.join(', ')} only`);
  return by;
}

function invalid(path: string, message: string): LockstepError {
  return new LockstepError('invalid_request', `${path} ${message}`, { errors: [{ path, message }] });
}

/** @param sums of one name: those of the steps, oldest first, and that of the whole time */
function seriesOf(sums: readonly MetricSum[], measure: Measure, range: MetricsRange): MetricSeries {
  const points: MetricSeries['points'] = [];
  let total: MetricNumbers = { value: 0 };
  let key: string | null = null;
  for (const sum of sums) {
    key = sum.endpointId === null ? sum.name : toPublicId('ep', sum.endpointId);
    if (sum.at === null) total = numbersOf(sum, measure, range, range.from.getTime(), range.to.getTime());
    else points.push({ at: sum.at.toISOString(), ...numbersOf(sum, measure, range, sum.at.getTime(), sum.at.getTime() + range.stepSeconds * 1_000) });
  }
  return { key, total, points };
}

function numbersOf({ count, sum, buckets }: Pick<MetricSum, 'count' | 'sum' | 'buckets'>, { kind }: Measure, range: MetricsRange, startMs: number, endMs: number): MetricNumbers {
  switch (kind) {
    case 'count':
      return { value: count };
    case 'gauge':
      return { value: rounded(sum / looksBetween(range, startMs, endMs)) };
    case 'duration': {
      const { p50, p95, p99 } = percentilesOf(buckets) ?? { p50: 0, p95: 0, p99: 0 };
      return { value: rounded(count === 0 ? 0 : sum / count), count, p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) };
    }
  }
}

/** How often a gauge was looked at in this part of the range, as far as its rows are read. */
function looksBetween({ from, to, rowSeconds }: MetricsRange, startMs: number, endMs: number): number {
  const rowMs = rowSeconds * 1_000;
  const firstMs = Math.max(startMs, Math.ceil(from.getTime() / rowMs) * rowMs);
  const lastMs = Math.min(endMs, Math.ceil(to.getTime() / rowMs) * rowMs, Date.now());
  return Math.max(1, Math.floor((lastMs - firstMs) / 1_000 / GAUGE_SECONDS));
}

/** Three digits after the point are more than histograms know. */
function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** The largest first, and last what has no key. */
function byWeight(a: MetricSeries, b: MetricSeries): number {
  const weightOf = ({ total }: MetricSeries): number => total.count ?? total.value;
  return Number(a.key === null) - Number(b.key === null) || weightOf(b) - weightOf(a);
}
