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
  isDuration: boolean;
  isGauge: boolean;
  limit: number;
  measures: stringArray;
  name?: string | null | void;
  rowSeconds: number;
  stepSeconds: number;
  tenant: string;
  to: DateOrString;
}

/** 'SumMetrics' return type */
export interface ISumMetricsResult {
  at: Date | null;
  buckets: numberArray;
  count: number;
  endpointId: string | null;
  name: string | null;
  sum: number;
}

/** 'SumMetrics' query type */
export interface ISumMetricsQuery {
  params: ISumMetricsParams;
  result: ISumMetricsResult;
}

const sumMetricsIR: any = {"usedParamSet":{"stepSeconds":true,"tenant":true,"dimension":true,"rowSeconds":true,"measures":true,"from":true,"to":true,"name":true,"endpointId":true,"isGauge":true,"limit":true,"isDuration":true},"params":[{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":78,"b":90}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":258,"b":265},{"a":687,"b":694},{"a":1078,"b":1085}]},{"name":"dimension","required":true,"transform":{"type":"scalar"},"locs":[{"a":283,"b":293},{"a":714,"b":724},{"a":1838,"b":1848}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":306,"b":317},{"a":731,"b":742}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":346,"b":355},{"a":867,"b":876}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":384,"b":389},{"a":798,"b":803}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":413,"b":416},{"a":829,"b":832}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":908,"b":912},{"a":938,"b":942}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":961,"b":971},{"a":1053,"b":1063}]},{"name":"isGauge","required":true,"transform":{"type":"scalar"},"locs":[{"a":1181,"b":1189}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1333,"b":1339}]},{"name":"isDuration","required":true,"transform":{"type":"scalar"},"locs":[{"a":1485,"b":1496}]}],"statement":"with found as materialized (\n  select\n    name, count, sum, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin\n  from (\n      select name, count, sum, buckets, at\n      from sample_rollups\n      where\n        tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])\n        and at >= :from!::timestamptz and at < :to!::timestamptz\n      union all\n      select n.name, n.count, n.sum, n.buckets::bigint[], r.at\n      from recent_samples r\n        cross join unnest(r.names, r.measures, r.counts, r.sums, r.buckets) as n (name, measure, count, sum, buckets)\n      where\n        r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)\n        and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.measure = any(:measures!::text[])\n    ) s\n  where\n    (:name::text is null or name = :name)\n    and (\n      :endpointId::uuid is null\n      or name = (select id::text from endpoints where public_id = :endpointId and tenant = :tenant!)\n    )\n),\nranked as (\n  select\n    name,\n    row_number() over (order by name = '', case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name) as place\n  from found\n  group by name\n),\nsummed as (\n  select\n    case when r.place <= :limit!::integer then nullif(f.name, '') end as name, f.bin, sum(f.count)::bigint as count, sum(f.sum) as sum,\n    sum_buckets(f.buckets) filter (where :isDuration!::boolean)::float8[] as buckets\n  from found f\n    join ranked r on r.name = f.name\n  group by grouping sets ((1), (1, f.bin))\n)\nselect\n  s.name as \"name?\", p.public_id as \"endpointId?\", s.bin as \"at?\", s.count as \"count!\", s.sum as \"sum!\",\n  coalesce(s.buckets, '{}') as \"buckets!\"\nfrom summed s\n  left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end\norder by s.bin"};

/**
 * Query generated from SQL:
 * ```
 * with found as materialized (
 *   select
 *     name, count, sum, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
 *   from (
 *       select name, count, sum, buckets, at
 *       from sample_rollups
 *       where
 *         tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])
 *         and at >= :from!::timestamptz and at < :to!::timestamptz
 *       union all
 *       select n.name, n.count, n.sum, n.buckets::bigint[], r.at
 *       from recent_samples r
 *         cross join unnest(r.names, r.measures, r.counts, r.sums, r.buckets) as n (name, measure, count, sum, buckets)
 *       where
 *         r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
 *         and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.measure = any(:measures!::text[])
 *     ) s
 *   where
 *     (:name::text is null or name = :name)
 *     and (
 *       :endpointId::uuid is null
 *       or name = (select id::text from endpoints where public_id = :endpointId and tenant = :tenant!)
 *     )
 * ),
 * ranked as (
 *   select
 *     name,
 *     row_number() over (order by name = '', case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name) as place
 *   from found
 *   group by name
 * ),
 * summed as (
 *   select
 *     case when r.place <= :limit!::integer then nullif(f.name, '') end as name, f.bin, sum(f.count)::bigint as count, sum(f.sum) as sum,
 *     sum_buckets(f.buckets) filter (where :isDuration!::boolean)::float8[] as buckets
 *   from found f
 *     join ranked r on r.name = f.name
 *   group by grouping sets ((1), (1, f.bin))
 * )
 * select
 *   s.name as "name?", p.public_id as "endpointId?", s.bin as "at?", s.count as "count!", s.sum as "sum!",
 *   coalesce(s.buckets, '{}') as "buckets!"
 * from summed s
 *   left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end
 * order by s.bin
 * ```
 */
export const sumMetrics = new PreparedQuery<ISumMetricsParams,ISumMetricsResult>(sumMetricsIR);


