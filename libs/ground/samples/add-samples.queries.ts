/** Types generated for queries found in "libs/ground/samples/add-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'AddSamples' parameters type */
export interface IAddSamplesParams {
  after: NumberOrString;
  app: string;
  before: NumberOrString;
  host: string;
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

const addSamplesIR: any = {"usedParamSet":{"process":true,"after":true,"app":true,"version":true,"host":true,"pid":true,"startedAt":true,"stops":true,"before":true,"rows":true},"params":[{"name":"process","required":true,"transform":{"type":"scalar"},"locs":[{"a":136,"b":144}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":153,"b":159}]},{"name":"app","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":174}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":177,"b":185}]},{"name":"host","required":true,"transform":{"type":"scalar"},"locs":[{"a":188,"b":193}]},{"name":"pid","required":true,"transform":{"type":"scalar"},"locs":[{"a":196,"b":200}]},{"name":"startedAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":203,"b":213}]},{"name":"stops","required":true,"transform":{"type":"scalar"},"locs":[{"a":226,"b":232}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":405,"b":412}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":685,"b":690}]}],"statement":"with flush as (\n  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)\n  values (\n    :process!::uuid, :after!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end\n  )\n  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at\n    where known.number <= :before!::bigint\n  returning number\n)\ninsert into recent_samples (tenant, dimension, measure, at, names, counts, sums, buckets)\nselect r.tenant, r.dimension, r.measure, to_timestamp(r.\"atMs\" / 1000), r.names, r.counts, r.sums, r.buckets\nfrom flush\n  cross join jsonb_to_recordset(:rows!::jsonb) as r (\n    tenant text, dimension text, measure text, \"atMs\" float8, names text[], counts bigint[], sums float8[], buckets text[]\n  )"};

/**
 * Query generated from SQL:
 * ```
 * with flush as (
 *   insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)
 *   values (
 *     :process!::uuid, :after!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end
 *   )
 *   on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at
 *     where known.number <= :before!::bigint
 *   returning number
 * )
 * insert into recent_samples (tenant, dimension, measure, at, names, counts, sums, buckets)
 * select r.tenant, r.dimension, r.measure, to_timestamp(r."atMs" / 1000), r.names, r.counts, r.sums, r.buckets
 * from flush
 *   cross join jsonb_to_recordset(:rows!::jsonb) as r (
 *     tenant text, dimension text, measure text, "atMs" float8, names text[], counts bigint[], sums float8[], buckets text[]
 *   )
 * ```
 */
export const addSamples = new PreparedQuery<IAddSamplesParams,IAddSamplesResult>(addSamplesIR);


