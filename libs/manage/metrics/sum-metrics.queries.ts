/** Types generated for queries found in "libs/manage/metrics/sum-metrics.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'SumMetrics' parameters type */
export interface ISumMetricsParams {
  dimension: string;
  endpointId?: string | null | void;
  from: DateOrString;
  measures: stringArray;
  name?: string | null | void;
  rowSeconds: number;
  stepSeconds: number;
  tenant: string;
  to: DateOrString;
}

/** 'SumMetrics' return type */
export interface ISumMetricsResult {
  at: Date;
  buckets: numberArray;
  count: number;
  sum: number;
}

/** 'SumMetrics' query type */
export interface ISumMetricsQuery {
  params: ISumMetricsParams;
  result: ISumMetricsResult;
}

const sumMetricsIR: any = {"usedParamSet":{"name":true,"endpointId":true,"tenant":true,"dimension":true,"rowSeconds":true,"measures":true,"from":true,"to":true,"stepSeconds":true},"params":[{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":48,"b":52}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":111,"b":121}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":142,"b":149},{"a":300,"b":307},{"a":731,"b":738}]},{"name":"dimension","required":true,"transform":{"type":"scalar"},"locs":[{"a":327,"b":337},{"a":758,"b":768}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":352,"b":363},{"a":775,"b":786}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":394,"b":403},{"a":846,"b":855}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":430,"b":435},{"a":878,"b":883}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":461,"b":464},{"a":909,"b":912}]},{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":971,"b":983}]}],"statement":"with wanted as materialized (\n  select coalesce(:name::text, (select id::text from endpoints where public_id = :endpointId::uuid and tenant = :tenant!)) as name\n),\nfound as (\n  select s.at, s.count, s.sum, s.buckets\n  from wanted w\n    join sample_rollups s on s.name = w.name\n  where\n    s.tenant = :tenant! and s.dimension = :dimension! and s.step = :rowSeconds!::integer and s.measure = any(:measures!::text[])\n    and s.at >= :from!::timestamptz and s.at < :to!::timestamptz\n  union all\n  select r.at, r.counts[n.place], coalesce(r.sums[n.place], 0), coalesce(r.buckets[n.place]::bigint[], '{}')\n  from wanted w\n    cross join recent_samples r\n    cross join array_position(r.names, w.name) as n (place)\n  where\n    r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)\n    and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.place is not null\n)\nselect\n  date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as \"at!\", sum(count)::bigint as \"count!\", sum(sum) as \"sum!\",\n  sum_buckets(buckets)::float8[] as \"buckets!\"\nfrom found\ngroup by 1\norder by 1"};

/**
 * Query generated from SQL:
 * ```
 * with wanted as materialized (
 *   select coalesce(:name::text, (select id::text from endpoints where public_id = :endpointId::uuid and tenant = :tenant!)) as name
 * ),
 * found as (
 *   select s.at, s.count, s.sum, s.buckets
 *   from wanted w
 *     join sample_rollups s on s.name = w.name
 *   where
 *     s.tenant = :tenant! and s.dimension = :dimension! and s.step = :rowSeconds!::integer and s.measure = any(:measures!::text[])
 *     and s.at >= :from!::timestamptz and s.at < :to!::timestamptz
 *   union all
 *   select r.at, r.counts[n.place], coalesce(r.sums[n.place], 0), coalesce(r.buckets[n.place]::bigint[], '{}')
 *   from wanted w
 *     cross join recent_samples r
 *     cross join array_position(r.names, w.name) as n (place)
 *   where
 *     r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
 *     and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.place is not null
 * )
 * select
 *   date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as "at!", sum(count)::bigint as "count!", sum(sum) as "sum!",
 *   sum_buckets(buckets)::float8[] as "buckets!"
 * from found
 * group by 1
 * order by 1
 * ```
 */
export const sumMetrics = new PreparedQuery<ISumMetricsParams,ISumMetricsResult>(sumMetricsIR);


