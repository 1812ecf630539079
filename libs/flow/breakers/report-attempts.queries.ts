/** Types generated for queries found in "libs/flow/breakers/report-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type booleanArray = (boolean)[];

export type numberArray = (number)[];

/** 'ReportAttempts' parameters type */
export interface IReportAttemptsParams {
  delivered: booleanArray;
  ended: numberArray;
  endpoints: numberArray;
  endsUndelivered: booleanArray;
  failed: numberArray;
  retryAfterMs: numberArray;
  versions: numberArray;
}

/** 'ReportAttempts' return type */
export type IReportAttemptsResult = void;

/** 'ReportAttempts' query type */
export interface IReportAttemptsQuery {
  params: IReportAttemptsParams;
  result: IReportAttemptsResult;
}

const reportAttemptsIR: any = {"usedParamSet":{"endpoints":true,"versions":true,"ended":true,"failed":true,"delivered":true,"endsUndelivered":true,"retryAfterMs":true},"params":[{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":146,"b":156}]},{"name":"versions","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":179}]},{"name":"ended","required":true,"transform":{"type":"scalar"},"locs":[{"a":193,"b":199}]},{"name":"failed","required":true,"transform":{"type":"scalar"},"locs":[{"a":213,"b":220}]},{"name":"delivered","required":true,"transform":{"type":"scalar"},"locs":[{"a":234,"b":244}]},{"name":"endsUndelivered","required":true,"transform":{"type":"scalar"},"locs":[{"a":264,"b":280}]},{"name":"retryAfterMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":294,"b":307}]}],"statement":"with reported as materialized (\n  select r.*, now() + nullif(r.retry_after_ms, 0) * interval '1 millisecond' as retry_at\n  from\n    unnest(\n      :endpoints!::integer[], :versions!::integer[], :ended!::integer[], :failed!::integer[], :delivered!::boolean[],\n      :endsUndelivered!::boolean[], :retryAfterMs!::float8[]\n    ) as r (endpoint, version, ended, failed, delivered, ends_undelivered, retry_after_ms)\n)\ninsert into endpoint_breakers as known (endpoint, version, bucket, ended, failed, failed_at, retry_at, undelivered_since)\nselect\n  endpoint, version, breaker_bucket(now()), ended, failed, case when failed > 0 then now() end, retry_at,\n  case when ends_undelivered then now() end\nfrom reported\norder by endpoint\non conflict (endpoint) do update\nset\n  (bucket, ended, failed, previous_ended, previous_failed, failed_at, retry_at, undelivered_since) = (\n    select\n      known.bucket + age.buckets,\n      case age.buckets when 0 then known.ended else 0 end + r.ended * n.counts,\n      case age.buckets when 0 then known.failed else 0 end + r.failed * n.counts,\n      case age.buckets when 0 then known.previous_ended when 1 then known.ended else 0 end,\n      case age.buckets when 0 then known.previous_failed when 1 then known.failed else 0 end,\n      case\n        when counted_lately(known.bucket, known.failed, known.previous_failed) > 0 then known.failed_at\n        when r.failed * n.counts > 0 then now()\n      end,\n      case n.counts when 1 then coalesce(r.retry_at, known.retry_at) else known.retry_at end,\n      case\n        when not r.ends_undelivered then null\n        when r.delivered then now()\n        else coalesce(known.undelivered_since, now())\n      end\n    from reported r\n      cross join lateral (select greatest(breaker_bucket(now()) - known.bucket, 0) as buckets) age\n      cross join lateral (select (r.version = known.version)::integer as counts) n\n    where r.endpoint = known.endpoint\n  )"};

/**
 * Query generated from SQL:
 * ```
 * with reported as materialized (
 *   select r.*, now() + nullif(r.retry_after_ms, 0) * interval '1 millisecond' as retry_at
 *   from
 *     unnest(
 *       :endpoints!::integer[], :versions!::integer[], :ended!::integer[], :failed!::integer[], :delivered!::boolean[],
 *       :endsUndelivered!::boolean[], :retryAfterMs!::float8[]
 *     ) as r (endpoint, version, ended, failed, delivered, ends_undelivered, retry_after_ms)
 * )
 * insert into endpoint_breakers as known (endpoint, version, bucket, ended, failed, failed_at, retry_at, undelivered_since)
 * select
 *   endpoint, version, breaker_bucket(now()), ended, failed, case when failed > 0 then now() end, retry_at,
 *   case when ends_undelivered then now() end
 * from reported
 * order by endpoint
 * on conflict (endpoint) do update
 * set
 *   (bucket, ended, failed, previous_ended, previous_failed, failed_at, retry_at, undelivered_since) = (
 *     select
 *       known.bucket + age.buckets,
 *       case age.buckets when 0 then known.ended else 0 end + r.ended * n.counts,
 *       case age.buckets when 0 then known.failed else 0 end + r.failed * n.counts,
 *       case age.buckets when 0 then known.previous_ended when 1 then known.ended else 0 end,
 *       case age.buckets when 0 then known.previous_failed when 1 then known.failed else 0 end,
 *       case
 *         when counted_lately(known.bucket, known.failed, known.previous_failed) > 0 then known.failed_at
 *         when r.failed * n.counts > 0 then now()
 *       end,
 *       case n.counts when 1 then coalesce(r.retry_at, known.retry_at) else known.retry_at end,
 *       case
 *         when not r.ends_undelivered then null
 *         when r.delivered then now()
 *         else coalesce(known.undelivered_since, now())
 *       end
 *     from reported r
 *       cross join lateral (select greatest(breaker_bucket(now()) - known.bucket, 0) as buckets) age
 *       cross join lateral (select (r.version = known.version)::integer as counts) n
 *     where r.endpoint = known.endpoint
 *   )
 * ```
 */
export const reportAttempts = new PreparedQuery<IReportAttemptsParams,IReportAttemptsResult>(reportAttemptsIR);


