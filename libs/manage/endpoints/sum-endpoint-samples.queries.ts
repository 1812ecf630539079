/** Types generated for queries found in "libs/manage/endpoints/sum-endpoint-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type numberArray = (number)[];

/** 'SumEndpointSamples' parameters type */
export interface ISumEndpointSamplesParams {
  from: DateOrString;
  name: string;
  rowSeconds: number;
  stepSeconds: number;
  tenant: string;
  to: DateOrString;
}

/** 'SumEndpointSamples' return type */
export interface ISumEndpointSamplesResult {
  at: Date | null;
  buckets: numberArray;
  count: number;
  measure: string;
}

/** 'SumEndpointSamples' query type */
export interface ISumEndpointSamplesQuery {
  params: ISumEndpointSamplesParams;
  result: ISumEndpointSamplesResult;
}

const sumEndpointSamplesIR: any = {"usedParamSet":{"stepSeconds":true,"tenant":true,"name":true,"rowSeconds":true,"from":true,"to":true},"params":[{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":175,"b":187}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":353,"b":360},{"a":758,"b":765}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":400,"b":405},{"a":712,"b":717},{"a":1149,"b":1154}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":418,"b":429},{"a":569,"b":580},{"a":1167,"b":1178}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":1210,"b":1215}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":1239,"b":1242}]}],"statement":"select\n  measure as \"measure!\", bin as \"at?\", sum(count)::bigint as \"count!\", sum_buckets(buckets)::float8[] as \"buckets!\"\nfrom (\n    select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin\n    from (\n        select measure, count, buckets, at\n        from sample_rollups\n        where tenant = :tenant! and dimension = 'endpoint' and name = :name! and step = :rowSeconds!\n        union all\n        select\n          r.measure, r.counts[n.place], coalesce(r.buckets[n.place]::bigint[], '{}'),\n          date_bin(:rowSeconds!::integer * interval '1 second', r.at, to_timestamp(0))\n        from recent_samples r\n          cross join array_position(r.names, :name!) as n (place)\n        where r.tenant = :tenant! and r.dimension = 'endpoint' and not r.rolled_up and n.place is not null\n        union all\n        -- Of the release before. The first bucket of its histograms was that of 1 ms, which is now the 25th.\n        select measure, count, case buckets when '{}' then '{}' else array_fill(0::bigint, array[24]) || buckets end, at\n        from samples\n        where subject = 'endpoint/' || :name! and step = :rowSeconds!\n      ) known\n    where at >= :from!::timestamptz and at < :to!::timestamptz\n  ) s\ngroup by grouping sets ((measure), (measure, bin))\norder by bin, measure"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   measure as "measure!", bin as "at?", sum(count)::bigint as "count!", sum_buckets(buckets)::float8[] as "buckets!"
 * from (
 *     select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
 *     from (
 *         select measure, count, buckets, at
 *         from sample_rollups
 *         where tenant = :tenant! and dimension = 'endpoint' and name = :name! and step = :rowSeconds!
 *         union all
 *         select
 *           r.measure, r.counts[n.place], coalesce(r.buckets[n.place]::bigint[], '{}'),
 *           date_bin(:rowSeconds!::integer * interval '1 second', r.at, to_timestamp(0))
 *         from recent_samples r
 *           cross join array_position(r.names, :name!) as n (place)
 *         where r.tenant = :tenant! and r.dimension = 'endpoint' and not r.rolled_up and n.place is not null
 *         union all
 *         -- Of the release before. The first bucket of its histograms was that of 1 ms, which is now the 25th.
 *         select measure, count, case buckets when '{}' then '{}' else array_fill(0::bigint, array[24]) || buckets end, at
 *         from samples
 *         where subject = 'endpoint/' || :name! and step = :rowSeconds!
 *       ) known
 *     where at >= :from!::timestamptz and at < :to!::timestamptz
 *   ) s
 * group by grouping sets ((measure), (measure, bin))
 * order by bin, measure
 * ```
 */
export const sumEndpointSamples = new PreparedQuery<ISumEndpointSamplesParams,ISumEndpointSamplesResult>(sumEndpointSamplesIR);


