/** Types generated for queries found in "libs/manage/endpoints/sum-endpoint-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type numberArray = (number)[];

/** 'SumEndpointSamples' parameters type */
export interface ISumEndpointSamplesParams {
  from: DateOrString;
  rowSeconds: number;
  stepSeconds: number;
  subject: string;
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

const sumEndpointSamplesIR: any = {"usedParamSet":{"stepSeconds":true,"subject":true,"rowSeconds":true,"from":true,"to":true},"params":[{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":161,"b":173}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":271,"b":279}]},{"name":"rowSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":292,"b":303}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":315,"b":320}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":344,"b":347}]}],"statement":"select\n  measure, bin as \"at?\", sum(count)::bigint as \"count!\", sum_buckets(buckets)::float8[] as \"buckets!\"\nfrom (\n    select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin\n    from samples\n    where subject = :subject! and step = :rowSeconds! and at >= :from!::timestamptz and at < :to!::timestamptz\n  ) s\ngroup by grouping sets ((measure), (measure, bin))\norder by bin, measure"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   measure, bin as "at?", sum(count)::bigint as "count!", sum_buckets(buckets)::float8[] as "buckets!"
 * from (
 *     select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
 *     from samples
 *     where subject = :subject! and step = :rowSeconds! and at >= :from!::timestamptz and at < :to!::timestamptz
 *   ) s
 * group by grouping sets ((measure), (measure, bin))
 * order by bin, measure
 * ```
 */
export const sumEndpointSamples = new PreparedQuery<ISumEndpointSamplesParams,ISumEndpointSamplesResult>(sumEndpointSamplesIR);


