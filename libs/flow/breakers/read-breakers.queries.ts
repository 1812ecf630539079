/** Types generated for queries found in "libs/flow/breakers/read-breakers.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type breaker_state = 'closed' | 'half-open' | 'open';

/** 'ReadBreakers' parameters type */
export interface IReadBreakersParams {
  since: string;
}

/** 'ReadBreakers' return type */
export interface IReadBreakersResult {
  claimedForMs: number | null;
  ended: number | null;
  endpoint: number | null;
  failed: number | null;
  failingForMs: number | null;
  isOverdue: boolean | null;
  isUndelivered: boolean | null;
  openings: number | null;
  probeInMs: number | null;
  prober: string | null;
  retryInMs: number | null;
  server: string;
  sinceMs: number | null;
  snapshot: string;
  state: breaker_state | null;
  version: number | null;
}

/** 'ReadBreakers' query type */
export interface IReadBreakersQuery {
  params: IReadBreakersParams;
  result: IReadBreakersResult;
}

const readBreakersIR: any = {"usedParamSet":{"since":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":96},{"a":1231,"b":1237}]}],"statement":"with seen as materialized (\n  select\n    pg_snapshot_xmin(taken) as oldest_open,\n    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun\n  from pg_current_snapshot() as taken\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  b.endpoint as \"endpoint?\",\n  b.version as \"version?\",\n  b.state as \"state?\",\n  b.openings as \"openings?\",\n  b.prober as \"prober?\",\n  extract(epoch from now() - b.since)::float8 * 1000 as \"sinceMs?\",\n  extract(epoch from b.probe_at - now())::float8 * 1000 as \"probeInMs?\",\n  extract(epoch from now() - b.claimed_at)::float8 * 1000 as \"claimedForMs?\",\n  counted_lately(b.bucket, b.ended, b.previous_ended) as \"ended?\",\n  counted_lately(b.bucket, b.failed, b.previous_failed) as \"failed?\",\n  extract(epoch from now() - b.failed_at)::float8 * 1000 as \"failingForMs?\",\n  extract(epoch from b.retry_at - now())::float8 * 1000 as \"retryInMs?\",\n  b.undelivered_since is not null as \"isUndelivered?\",\n  p.status = 'active' and p.deleted_at is null and b.undelivered_since <= now() - p.disable_after_ms * interval '1 millisecond' as \"isOverdue?\"\nfrom\n  seen\n  left join endpoint_breakers b on b.changed_by >= :since!::text::xid8 and b.changed_by < seen.not_begun\n  left join endpoints p on p.id = b.endpoint"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select
 *     pg_snapshot_xmin(taken) as oldest_open,
 *     case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
 *   from pg_current_snapshot() as taken
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   b.endpoint as "endpoint?",
 *   b.version as "version?",
 *   b.state as "state?",
 *   b.openings as "openings?",
 *   b.prober as "prober?",
 *   extract(epoch from now() - b.since)::float8 * 1000 as "sinceMs?",
 *   extract(epoch from b.probe_at - now())::float8 * 1000 as "probeInMs?",
 *   extract(epoch from now() - b.claimed_at)::float8 * 1000 as "claimedForMs?",
 *   counted_lately(b.bucket, b.ended, b.previous_ended) as "ended?",
 *   counted_lately(b.bucket, b.failed, b.previous_failed) as "failed?",
 *   extract(epoch from now() - b.failed_at)::float8 * 1000 as "failingForMs?",
 *   extract(epoch from b.retry_at - now())::float8 * 1000 as "retryInMs?",
 *   b.undelivered_since is not null as "isUndelivered?",
 *   p.status = 'active' and p.deleted_at is null and b.undelivered_since <= now() - p.disable_after_ms * interval '1 millisecond' as "isOverdue?"
 * from
 *   seen
 *   left join endpoint_breakers b on b.changed_by >= :since!::text::xid8 and b.changed_by < seen.not_begun
 *   left join endpoints p on p.id = b.endpoint
 * ```
 */
export const readBreakers = new PreparedQuery<IReadBreakersParams,IReadBreakersResult>(readBreakersIR);


