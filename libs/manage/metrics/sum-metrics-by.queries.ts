/** Types generated for queries found in "libs/manage/metrics/sum-metrics-by.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'SumMetricsBy' parameters type */
export interface ISumMetricsByParams {
  dimension: string;
  from: DateOrString;
  isGauge: boolean;
  limit: number;
  measures: stringArray;
  rowSeconds: number;
  stepSeconds: number;
  tenant: string;
  to: DateOrString;
}

/** 'SumMetricsBy' return type */
export interface ISumMetricsByResult {
  at: Date;
  buckets: numberArray;
  count: number;
  endpointId: string | null;
  name: string | null;
  sum: number;
}

/** 'SumMetricsBy' query type */
export interface ISumMetricsByQuery {
  params: ISumMetricsByParams;
  result: ISumMetricsByResult;
}

const sumMetricsByIR: any = {"usedParamSet":{"tenant":true,"dimension":true,"rowSeconds":true,"measures":true,"from":true,"to":true,"isGauge":true,"limit":true,"stepSeconds":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":139,"b":146},{"a":500,"b":507},{"a":969,"b":976},{"a":1468,"b":1475}]},{"name":"dimension","required":true,"transform":{"type":"scalar"},"locs":[{"a":164,"b":174},{"a":527,"b":537},{"a":1006,"b":1016},{"a":1507,"b":1517},{"a":2182,"b":2192}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":187,"b":198},{"a":544,"b":555},{"a":1030,"b":1041},{"a":1525,"b":1536}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":227,"b":236},{"a":619,"b":628},{"a":1070,"b":1079},{"a":1596,"b":1605}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":265,"b":270},{"a":651,"b":656},{"a":1104,"b":1109},{"a":1628,"b":1633}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":294,"b":297},{"a":682,"b":685},{"a":1133,"b":1136},{"a":1659,"b":1662}]},{"name":"isGauge","required":true,"transform":{"type":"scalar"},"locs":[{"a":764,"b":772}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":836,"b":842}]},{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":1793,"b":1805}]}],"statement":"with largest as materialized (\n  select name\n  from (\n      select name, count, sum\n      from sample_rollups\n      where\n        tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])\n        and at >= :from!::timestamptz and at < :to!::timestamptz\n      union all\n      select n.name, n.count, n.sum\n      from recent_samples r\n        cross join unnest(r.names, r.counts, r.sums) as n (name, count, sum)\n      where\n        r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)\n        and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz\n    ) s\n  where name <> ''\n  group by name\n  order by case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name\n  limit :limit!::integer\n),\nfound as (\n  select nullif(name, '') as name, at, count, sum, buckets\n  from sample_rollups\n  where\n    tenant = :tenant! and dimension in ('tenant', :dimension!) and step = :rowSeconds!::integer and measure = any(:measures!::text[])\n    and at >= :from!::timestamptz and at < :to!::timestamptz and (dimension = 'tenant' or name in (select name from largest))\n  union all\n  select nullif(n.name, ''), r.at, n.count, coalesce(n.sum, 0), coalesce(n.buckets::bigint[], '{}')\n  from recent_samples r\n    cross join unnest(r.names, r.counts, r.sums, r.buckets) as n (name, count, sum, buckets)\n  where\n    r.tenant = :tenant! and r.dimension in ('tenant', :dimension!) and (:rowSeconds!::integer = 10 or not r.rolled_up)\n    and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz\n    and (r.dimension = 'tenant' or n.name in (select name from largest))\n),\nsummed as (\n  select\n    name, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin, sum(count)::bigint as count, sum(sum) as sum,\n    sum_buckets(buckets)::float8[] as buckets\n  from found\n  group by 1, 2\n)\nselect s.name as \"name?\", p.public_id as \"endpointId?\", s.bin as \"at!\", s.count as \"count!\", s.sum as \"sum!\", s.buckets as \"buckets!\"\nfrom summed s\n  left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end\norder by s.bin"};

/**
 * Query generated from SQL:
 * ```
 * with largest as materialized (
 *   select name
 *   from (
 *       select name, count, sum
 *       from sample_rollups
 *       where
 *         tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])
 *         and at >= :from!::timestamptz and at < :to!::timestamptz
 *       union all
 *       select n.name, n.count, n.sum
 *       from recent_samples r
 *         cross join unnest(r.names, r.counts, r.sums) as n (name, count, sum)
 *       where
 *         r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
 *         and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz
 *     ) s
 *   where name <> ''
 *   group by name
 *   order by case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name
 *   limit :limit!::integer
 * ),
 * found as (
 *   select nullif(name, '') as name, at, count, sum, buckets
 *   from sample_rollups
 *   where
 *     tenant = :tenant! and dimension in ('tenant', :dimension!) and step = :rowSeconds!::integer and measure = any(:measures!::text[])
 *     and at >= :from!::timestamptz and at < :to!::timestamptz and (dimension = 'tenant' or name in (select name from largest))
 *   union all
 *   select nullif(n.name, ''), r.at, n.count, coalesce(n.sum, 0), coalesce(n.buckets::bigint[], '{}')
 *   from recent_samples r
 *     cross join unnest(r.names, r.counts, r.sums, r.buckets) as n (name, count, sum, buckets)
 *   where
 *     r.tenant = :tenant! and r.dimension in ('tenant', :dimension!) and (:rowSeconds!::integer = 10 or not r.rolled_up)
 *     and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz
 *     and (r.dimension = 'tenant' or n.name in (select name from largest))
 * ),
 * summed as (
 *   select
 *     name, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin, sum(count)::bigint as count, sum(sum) as sum,
 *     sum_buckets(buckets)::float8[] as buckets
 *   from found
 *   group by 1, 2
 * )
 * select s.name as "name?", p.public_id as "endpointId?", s.bin as "at!", s.count as "count!", s.sum as "sum!", s.buckets as "buckets!"
 * from summed s
 *   left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end
 * order by s.bin
 * ```
 */
export const sumMetricsBy = new PreparedQuery<ISumMetricsByParams,ISumMetricsByResult>(sumMetricsByIR);


