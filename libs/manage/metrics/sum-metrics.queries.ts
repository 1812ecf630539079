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

const sumMetricsIR: any = {"usedParamSet":{"dimension":true,"tenant":true,"stepSeconds":true,"rowSeconds":true,"measures":true,"from":true,"to":true,"name":true,"endpointId":true,"isGauge":true,"limit":true,"isDuration":true},"params":[{"name":"dimension","required":true,"transform":{"type":"scalar"},"locs":[{"a":54,"b":64},{"a":263,"b":273},{"a":455,"b":465},{"a":1391,"b":1401}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":67,"b":74},{"a":238,"b":245},{"a":468,"b":475},{"a":631,"b":638}]},{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":129,"b":141}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":286,"b":297}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":317,"b":326}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":351,"b":356}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":380,"b":383}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":407,"b":411},{"a":478,"b":482}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":502,"b":512},{"a":606,"b":616}]},{"name":"isGauge","required":true,"transform":{"type":"scalar"},"locs":[{"a":734,"b":742}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":886,"b":892}]},{"name":"isDuration","required":true,"transform":{"type":"scalar"},"locs":[{"a":1038,"b":1049}]}],"statement":"with found as materialized (\n  select\n    sample_name(:dimension!, :tenant!, subject) as name, count, sum, buckets,\n    date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin\n  from samples\n  where\n    tenant = :tenant! and dimension = :dimension! and step = :rowSeconds! and measure = any(:measures!::text[])\n    and at >= :from!::timestamptz and at < :to!::timestamptz\n    and (:name::text is null or subject = sample_subject(:dimension!, :tenant!, :name))\n    and (\n      :endpointId::uuid is null\n      or subject = 'endpoint/' || (select id from endpoints where public_id = :endpointId and tenant = :tenant!)\n    )\n),\nranked as (\n  select\n    name,\n    row_number() over (order by name = '', case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name) as place\n  from found\n  group by name\n),\nsummed as (\n  select\n    case when r.place <= :limit!::integer then nullif(f.name, '') end as name, f.bin, sum(f.count)::bigint as count, sum(f.sum) as sum,\n    sum_buckets(f.buckets) filter (where :isDuration!::boolean)::float8[] as buckets\n  from found f\n    join ranked r on r.name = f.name\n  group by grouping sets ((1), (1, f.bin))\n)\nselect\n  s.name as \"name?\", p.public_id as \"endpointId?\", s.bin as \"at?\", s.count as \"count!\", s.sum as \"sum!\",\n  coalesce(s.buckets, '{}') as \"buckets!\"\nfrom summed s\n  left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end\norder by s.bin"};

/**
 * Query generated from SQL:
 * ```
 * with found as materialized (
 *   select
 *     sample_name(:dimension!, :tenant!, subject) as name, count, sum, buckets,
 *     date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
 *   from samples
 *   where
 *     tenant = :tenant! and dimension = :dimension! and step = :rowSeconds! and measure = any(:measures!::text[])
 *     and at >= :from!::timestamptz and at < :to!::timestamptz
 *     and (:name::text is null or subject = sample_subject(:dimension!, :tenant!, :name))
 *     and (
 *       :endpointId::uuid is null
 *       or subject = 'endpoint/' || (select id from endpoints where public_id = :endpointId and tenant = :tenant!)
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


