/** Types generated for queries found in "libs/ground/samples/add-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AddSamples' parameters type */
export interface IAddSamplesParams {
  buckets: stringArray;
  counts: NumberOrStringArray;
  measures: stringArray;
  minutesMs: numberArray;
  number: NumberOrString;
  process: string;
  subjects: stringArray;
  sums: numberArray;
}

/** 'AddSamples' return type */
export type IAddSamplesResult = void;

/** 'AddSamples' query type */
export interface IAddSamplesQuery {
  params: IAddSamplesParams;
  result: IAddSamplesResult;
}

const addSamplesIR: any = {"usedParamSet":{"process":true,"number":true,"subjects":true,"measures":true,"minutesMs":true,"counts":true,"sums":true,"buckets":true},"params":[{"name":"process","required":true,"transform":{"type":"scalar"},"locs":[{"a":205,"b":213},{"a":332,"b":340}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":349,"b":356}]},{"name":"subjects","required":true,"transform":{"type":"scalar"},"locs":[{"a":824,"b":833}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":844,"b":853}]},{"name":"minutesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":864,"b":874}]},{"name":"counts","required":true,"transform":{"type":"scalar"},"locs":[{"a":887,"b":894}]},{"name":"sums","required":true,"transform":{"type":"scalar"},"locs":[{"a":907,"b":912}]},{"name":"buckets","required":true,"transform":{"type":"scalar"},"locs":[{"a":925,"b":933}]}],"statement":"with forgotten as (\n  -- Of processes that have stopped.\n  delete from sample_flushes\n  where process in (\n    select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into sample_flushes as known (process, number)\n  values (:process!::uuid, :number!::bigint)\n  on conflict (process) do update set number = excluded.number, flushed_at = now()\n    where known.number < excluded.number\n  returning number\n)\ninsert into samples as known (subject, step, at, measure, count, sum, buckets)\nselect\n  n.subject, s.step, date_bin(s.step * interval '1 second', to_timestamp(n.minute_ms / 1000), to_timestamp(0)) as at, n.measure,\n  sum(n.count), sum(n.sum), sum_buckets(n.buckets::bigint[])\nfrom flush\n  cross join unnest(\n    :subjects!::text[], :measures!::text[], :minutesMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]\n  ) as n (subject, measure, minute_ms, count, sum, buckets)\n  cross join unnest(array[60, 3600]) as s (step)\ngroup by n.subject, s.step, at, n.measure\norder by n.subject, s.step, at, n.measure\non conflict (subject, step, at, measure) do update\n  set\n    count = known.count + excluded.count, sum = known.sum + excluded.sum,\n    buckets = add_buckets(known.buckets, excluded.buckets)"};

/**
 * Query generated from SQL:
 * ```
 * with forgotten as (
 *   -- Of processes that have stopped.
 *   delete from sample_flushes
 *   where process in (
 *     select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid
 *     for update skip locked
 *   )
 * ),
 * flush as (
 *   insert into sample_flushes as known (process, number)
 *   values (:process!::uuid, :number!::bigint)
 *   on conflict (process) do update set number = excluded.number, flushed_at = now()
 *     where known.number < excluded.number
 *   returning number
 * )
 * insert into samples as known (subject, step, at, measure, count, sum, buckets)
 * select
 *   n.subject, s.step, date_bin(s.step * interval '1 second', to_timestamp(n.minute_ms / 1000), to_timestamp(0)) as at, n.measure,
 *   sum(n.count), sum(n.sum), sum_buckets(n.buckets::bigint[])
 * from flush
 *   cross join unnest(
 *     :subjects!::text[], :measures!::text[], :minutesMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]
 *   ) as n (subject, measure, minute_ms, count, sum, buckets)
 *   cross join unnest(array[60, 3600]) as s (step)
 * group by n.subject, s.step, at, n.measure
 * order by n.subject, s.step, at, n.measure
 * on conflict (subject, step, at, measure) do update
 *   set
 *     count = known.count + excluded.count, sum = known.sum + excluded.sum,
 *     buckets = add_buckets(known.buckets, excluded.buckets)
 * ```
 */
export const addSamples = new PreparedQuery<IAddSamplesParams,IAddSamplesResult>(addSamplesIR);


