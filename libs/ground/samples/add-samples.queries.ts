/** Types generated for queries found in "libs/ground/samples/add-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AddSamples' parameters type */
export interface IAddSamplesParams {
  app: string;
  atsMs: numberArray;
  buckets: stringArray;
  counts: NumberOrStringArray;
  dimensions: stringArray;
  host: string;
  measures: stringArray;
  names: stringArray;
  number: NumberOrString;
  pid: number;
  process: string;
  startedAt: DateOrString;
  stops: boolean;
  sums: numberArray;
  tenants: stringArray;
  version: string;
}

/** 'AddSamples' return type */
export type IAddSamplesResult = void;

/** 'AddSamples' query type */
export interface IAddSamplesQuery {
  params: IAddSamplesParams;
  result: IAddSamplesResult;
}

const addSamplesIR: any = {"usedParamSet":{"process":true,"number":true,"app":true,"version":true,"host":true,"pid":true,"startedAt":true,"stops":true,"tenants":true,"dimensions":true,"names":true,"measures":true,"atsMs":true,"counts":true,"sums":true,"buckets":true},"params":[{"name":"process","required":true,"transform":{"type":"scalar"},"locs":[{"a":205,"b":213},{"a":386,"b":394}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":403,"b":410}]},{"name":"app","required":true,"transform":{"type":"scalar"},"locs":[{"a":421,"b":425}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":436}]},{"name":"host","required":true,"transform":{"type":"scalar"},"locs":[{"a":439,"b":444}]},{"name":"pid","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":451}]},{"name":"startedAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":454,"b":464}]},{"name":"stops","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":483}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":983,"b":991}]},{"name":"dimensions","required":true,"transform":{"type":"scalar"},"locs":[{"a":1002,"b":1013}]},{"name":"names","required":true,"transform":{"type":"scalar"},"locs":[{"a":1024,"b":1030}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":1041,"b":1050}]},{"name":"atsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1061,"b":1067}]},{"name":"counts","required":true,"transform":{"type":"scalar"},"locs":[{"a":1080,"b":1087}]},{"name":"sums","required":true,"transform":{"type":"scalar"},"locs":[{"a":1104,"b":1109}]},{"name":"buckets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1122,"b":1130}]}],"statement":"with forgotten as (\n  -- Of processes that have stopped.\n  delete from sample_flushes\n  where process in (\n    select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)\n  values (\n    :process!::uuid, :number!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end\n  )\n  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at\n    where known.number < excluded.number\n  returning number\n)\ninsert into recent_samples (tenant, dimension, at, names, measures, counts, sums, buckets)\nselect\n  n.tenant, n.dimension, to_timestamp(n.at_ms / 1000), array_agg(n.name), array_agg(n.measure), array_agg(n.count), array_agg(n.sum),\n  array_agg(n.buckets)\nfrom flush\n  cross join unnest(\n    :tenants!::text[], :dimensions!::text[], :names!::text[], :measures!::text[], :atsMs!::float8[], :counts!::bigint[],\n    :sums!::float8[], :buckets!::text[]\n  ) as n (tenant, dimension, name, measure, at_ms, count, sum, buckets)\ngroup by n.tenant, n.dimension, n.at_ms"};

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
 *   insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)
 *   values (
 *     :process!::uuid, :number!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end
 *   )
 *   on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at
 *     where known.number < excluded.number
 *   returning number
 * )
 * insert into recent_samples (tenant, dimension, at, names, measures, counts, sums, buckets)
 * select
 *   n.tenant, n.dimension, to_timestamp(n.at_ms / 1000), array_agg(n.name), array_agg(n.measure), array_agg(n.count), array_agg(n.sum),
 *   array_agg(n.buckets)
 * from flush
 *   cross join unnest(
 *     :tenants!::text[], :dimensions!::text[], :names!::text[], :measures!::text[], :atsMs!::float8[], :counts!::bigint[],
 *     :sums!::float8[], :buckets!::text[]
 *   ) as n (tenant, dimension, name, measure, at_ms, count, sum, buckets)
 * group by n.tenant, n.dimension, n.at_ms
 * ```
 */
export const addSamples = new PreparedQuery<IAddSamplesParams,IAddSamplesResult>(addSamplesIR);


