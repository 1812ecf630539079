import { Injectable } from '@nestjs/common';
import { parsePublicId } from '#domain/ids';
import { percentilesOf } from '#domain/log-histogram';
import { LockstepError } from '#domain/problem';
import { statsRangeOf } from '#manage/stats-range';
import type { EndpointStats, EndpointStatsQuery } from './endpoint-stats.schema.js';
import { EndpointStatsRepository, type SampleSum } from './endpoint-stats.repository.js';
import { EndpointsRepository } from './endpoints.repository.js';

/** As migration 0026 says. */
const MINUTES_KEPT_MS = 172_800_000;
const ATTEMPTS = 'attempts.';

/** What endpoints answered, and how their deliveries ended, over time. */
@Injectable()
export class EndpointStatsService {
  constructor(
    private readonly endpoints: EndpointsRepository,
    private readonly repository: EndpointStatsRepository,
  ) {}

  /** @throws LockstepError not_found, invalid_request, overloaded */
  async of(tenant: string, id: string, query: EndpointStatsQuery): Promise<EndpointStats> {
    const range = statsRangeOf(query, MINUTES_KEPT_MS);
    const publicId = parsePublicId('ep', id);
    const endpoint = publicId === undefined ? undefined : await this.endpoints.find(tenant, publicId);
    if (endpoint === undefined) throw new LockstepError('not_found', `There is no endpoint ${id}`);
    const { from, to, step, stepSeconds } = range;
    const [sums, { pending, oldestAt }] = await Promise.all([
      this.repository.sum({ tenant, name: String(endpoint.id), rowSeconds: step === '1m' ? 60 : 3_600, stepSeconds, from, to }),
      this.repository.pending(tenant, endpoint.id),
    ]);
    const bySteps = Map.groupBy(sums, ({ at }) => at?.toISOString());
    const total = numbersOf(bySteps.get(undefined) ?? []);
    return {
      from: from.toISOString(), to: to.toISOString(), step, ...total, deliveries: { ...total.deliveries, pending }, oldestPendingAt: oldestAt?.toISOString() ?? null,
      steps: [...bySteps].flatMap(([at, found]) => (at === undefined ? [] : [{ at, ...numbersOf(found) }])),
    };
  }
}

/** @param sums one for each measure */
function numbersOf(sums: readonly SampleSum[]): Omit<EndpointStats['steps'][number], 'at'> {
  const counts = new Map(sums.map(({ measure, count }) => [measure, count]));
  const byStatus = Object.fromEntries(sums.flatMap(({ measure, count }) => (measure.startsWith(ATTEMPTS) ? [[measure.slice(ATTEMPTS.length), count]] : [])));
  const total = Object.values<number>(byStatus).reduce((sum, count) => sum + count, 0);
  const succeeded = byStatus['2xx'] ?? 0;
  return {
    attempts: { total, succeeded, failed: total - succeeded, byStatus },
    latencyMs: latencyOf(sums.find(({ measure }) => measure === 'latency')?.buckets ?? []),
    deliveries: { delivered: counts.get('deliveries.delivered') ?? 0, dead: counts.get('deliveries.dead') ?? 0, discarded: counts.get('deliveries.discarded') ?? 0 },
  };
}

function latencyOf(buckets: readonly number[]): EndpointStats['latencyMs'] {
  const found = percentilesOf(buckets);
  return found === undefined ? null : { p50: Math.round(found.p50), p95: Math.round(found.p95), p99: Math.round(found.p99) };
}
