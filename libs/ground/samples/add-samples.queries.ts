/** Types generated for queries found in "libs/ground/samples/add-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'AddSamples' parameters type */
export interface IAddSamplesParams {
  app: string;
  host: string;
  number: NumberOrString;
  pid: number;
  process: string;
  rows: Json;
  startedAt: DateOrString;
  stops: boolean;
  version: string;
}

/** 'AddSamples' return type */
export type IAddSamplesResult = void;

/** 'AddSamples' query type */
export interface IAddSamplesQuery {
  params: IAddSamplesParams;
  result: IAddSamplesResult;
}

const addSamplesIR: any = {"usedParamSet":{"process":true,"number":true,"app":true,"version":true,"host":true,"pid":true,"startedAt":true,"stops":true,"rows":true},"params":[{"name":"process","required":true,"transform":{"type":"scalar"},"locs":[{"a":205,"b":213},{"a":386,"b":394}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":403,"b":410}]},{"name":"app","required":true,"transform":{"type":"scalar"},"locs":[{"a":421,"b":425}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":436}]},{"name":"host","required":true,"transform":{"type":"scalar"},"locs":[{"a":439,"b":444}]},{"name":"pid","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":451}]},{"name":"startedAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":454,"b":464}]},{"name":"stops","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":483}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":936,"b":941}]}],"statement":"with forgotten as (\n  -- Of processes that have stopped.\n  delete from sample_flushes\n  where process in (\n    select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)\n  values (\n    :process!::uuid, :number!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end\n  )\n  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at\n    where known.number < excluded.number\n  returning number\n)\ninsert into recent_samples (tenant, dimension, at, names, measures, counts, sums, buckets)\nselect r.tenant, r.dimension, to_timestamp(r.\"atMs\" / 1000), r.names, r.measures, r.counts, r.sums, r.buckets\nfrom flush\n  cross join jsonb_to_recordset(:rows!::jsonb) as r (\n    tenant text, dimension text, \"atMs\" float8, names text[], measures text[], counts bigint[], sums float8[], buckets text[]\n  )"};

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
 * select r.tenant, r.dimension, to_timestamp(r."atMs" / 1000), r.names, r.measures, r.counts, r.sums, r.buckets
 * from flush
 *   cross join jsonb_to_recordset(:rows!::jsonb) as r (
 *     tenant text, dimension text, "atMs" float8, names text[], measures text[], counts bigint[], sums float8[], buckets text[]
 *   )
 * ```
 */
export const addSamples = new PreparedQuery<IAddSamplesParams,IAddSamplesResult>(addSamplesIR);


