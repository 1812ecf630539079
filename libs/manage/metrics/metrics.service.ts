import { Injectable } from '@nestjs/common';
import { parsePublicId, toPublicId } from '#domain/ids';
import { percentilesOf } from '#domain/log-histogram';
import { LockstepError } from '#domain/problem';
import { type Measure, MEASURES, type MetricDimension } from './measures.js';
import { MetricsRepository, type NamedStepSum, type StepsAsked, type StepSum } from './metrics.repository.js';
import { type MetricsRange, metricsRangeOf } from './metrics-range.js';
import type { MetricNumbers, Metrics, MetricSeries, MetricsQuery } from './metrics.schema.js';

/** Gauges are looked at every ten seconds. */
const GAUGE_SECONDS = 10;
const NOTHING: Sum = { count: 0, sum: 0, buckets: [] };
const DIMENSIONS = ['endpoint', 'source', 'type'] as const;

type Sum = Pick<StepSum, 'count' | 'sum' | 'buckets'>;

/** A tenant's numbers over time. */
@Injectable()
export class MetricsService {
  constructor(private readonly repository: MetricsRepository) {}

  /** @throws LockstepError invalid_request, overloaded */
  async read(tenant: string, query: MetricsQuery): Promise<Metrics> {
    const range = metricsRangeOf(query);
    const measure: Measure = MEASURES[query.measure];
    const by = dimensionOf(query, measure);
    const { from, to, step } = range;
    const isOne = by === undefined || query[by] !== undefined;
    const series = isOne ? await this.one(tenant, query, by, measure, range) : await this.largest(tenant, query.limit, by, measure, range);
    return { measure: query.measure, kind: measure.kind, by: by ?? null, from: from.toISOString(), to: to.toISOString(), step, series: series.sort(byWeight) };
  }

  /** The tenant, or the one thing that is asked for; none of the latter if there is nothing. */
  private async one(tenant: string, query: MetricsQuery, by: MetricDimension | undefined, measure: Measure, range: MetricsRange): Promise<MetricSeries[]> {
    const endpointId = query.endpoint === undefined ? undefined : parsePublicId('ep', query.endpoint);
    const name = by === undefined ? '' : query.source ?? query.type;
    const steps = await this.repository.sum({ ...rowsOf(tenant, measure, range), dimension: by ?? 'tenant', name, endpointId });
    if (by === undefined) return [seriesOf(null, steps, measure, range)];
    return steps.length === 0 ? [] : [seriesOf(query[by] ?? null, steps, measure, range)];
  }

  /** Those with the most, and what the tenant has besides. */
  private async largest(tenant: string, limit: number, dimension: MetricDimension, measure: Measure, range: MetricsRange): Promise<MetricSeries[]> {
    const steps = await this.repository.sumBy({ ...rowsOf(tenant, measure, range), dimension, limit, isGauge: measure.kind === 'gauge' });
    const { whole = [], largest = [] } = Object.groupBy(steps, ({ name }) => (name === null ? 'whole' : 'largest'));
    const series = [...Map.groupBy(largest, keyOf)].map(([key, ofKey]) => seriesOf(key, ofKey, measure, range));
    const rest = without(whole, largest);
    return rest.length === 0 ? series : [...series, seriesOf(null, rest, measure, range)];
  }
}

function rowsOf(tenant: string, { stored }: Measure, { from, end, stepSeconds, rowSeconds }: MetricsRange): StepsAsked {
  return { tenant, measures: [...stored], from, to: end, stepSeconds, rowSeconds };
}

function keyOf({ name, endpointId }: NamedStepSum): string | null {
  return endpointId === null ? name : toPublicId('ep', endpointId);
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

/** @param steps oldest first */
function seriesOf(key: string | null, steps: readonly StepSum[], measure: Measure, range: MetricsRange): MetricSeries {
  const total = steps.reduce<Sum>((sum, step) => plus(sum, step), NOTHING);
  return {
    key,
    total: numbersOf(total, measure, range, range.from.getTime(), range.end.getTime()),
    points: steps.map((step) => ({ at: step.at.toISOString(), ...numbersOf(step, measure, range, step.at.getTime(), step.at.getTime() + range.stepSeconds * 1_000) })),
  };
}

/** What the whole has more than the parts, as far as it has. */
function without(whole: readonly StepSum[], parts: readonly StepSum[]): StepSum[] {
  const byStep = Map.groupBy(parts, ({ at }) => at.getTime());
  return whole
    .map((step) => ({ at: step.at, ...(byStep.get(step.at.getTime()) ?? []).reduce<Sum>((sum, part) => plus(sum, part, -1), step) }))
    .filter(({ count }) => count > 0);
}

function plus(a: Sum, b: Sum, times: 1 | -1 = 1): Sum {
  const buckets = [...a.buckets];
  for (let bucket = 0; bucket < b.buckets.length; bucket++) buckets[bucket] = Math.max(0, (buckets[bucket] ?? 0) + times * (b.buckets[bucket] ?? 0));
  return { count: Math.max(0, a.count + times * b.count), sum: Math.max(0, a.sum + times * b.sum), buckets };
}

function numbersOf({ count, sum, buckets }: Sum, { kind }: Measure, range: MetricsRange, startMs: number, endMs: number): MetricNumbers {
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
function looksBetween({ from, end }: MetricsRange, startMs: number, endMs: number): number {
  const firstMs = Math.max(startMs, from.getTime());
  const lastMs = Math.min(endMs, end.getTime(), Date.now());
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
