/** Types generated for queries found in "libs/ground/samples/add-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type booleanArray = (boolean)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AddSamples' parameters type */
export interface IAddSamplesParams {
  app: string;
  areOthers: booleanArray;
  atsMs: numberArray;
  buckets: stringArray;
  counts: NumberOrStringArray;
  dimensions: stringArray;
  endpoints: numberArray;
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

const addSamplesIR: any = {"usedParamSet":{"process":true,"number":true,"app":true,"version":true,"host":true,"pid":true,"startedAt":true,"stops":true,"dimensions":true,"tenants":true,"names":true,"endpoints":true,"areOthers":true,"measures":true,"atsMs":true,"counts":true,"sums":true,"buckets":true},"params":[{"name":"process","required":true,"transform":{"type":"scalar"},"locs":[{"a":205,"b":213},{"a":386,"b":394}]},{"name":"number","required":true,"transform":{"type":"scalar"},"locs":[{"a":403,"b":410}]},{"name":"app","required":true,"transform":{"type":"scalar"},"locs":[{"a":421,"b":425}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":436}]},{"name":"host","required":true,"transform":{"type":"scalar"},"locs":[{"a":439,"b":444}]},{"name":"pid","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":451}]},{"name":"startedAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":454,"b":464}]},{"name":"stops","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":483}]},{"name":"dimensions","required":true,"transform":{"type":"scalar"},"locs":[{"a":1023,"b":1034}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":1045,"b":1053}]},{"name":"names","required":true,"transform":{"type":"scalar"},"locs":[{"a":1064,"b":1070}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":1081,"b":1091}]},{"name":"areOthers","required":true,"transform":{"type":"scalar"},"locs":[{"a":1105,"b":1115}]},{"name":"measures","required":true,"transform":{"type":"scalar"},"locs":[{"a":1129,"b":1138}]},{"name":"atsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1155,"b":1161}]},{"name":"counts","required":true,"transform":{"type":"scalar"},"locs":[{"a":1174,"b":1181}]},{"name":"sums","required":true,"transform":{"type":"scalar"},"locs":[{"a":1194,"b":1199}]},{"name":"buckets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1212,"b":1220}]}],"statement":"with forgotten as (\n  -- Of processes that have stopped.\n  delete from sample_flushes\n  where process in (\n    select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid\n    for update skip locked\n  )\n),\nflush as (\n  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)\n  values (\n    :process!::uuid, :number!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end\n  )\n  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at\n    where known.number < excluded.number\n  returning number\n),\ngiven as materialized (\n  select\n    n.dimension, coalesce(p.tenant, n.tenant) as tenant,\n    case when n.endpoint = 0 then n.name when n.is_other then '' else n.endpoint::text end as name,\n    n.measure, to_timestamp(n.at_ms / 1000) as at, n.count, n.sum, n.buckets::bigint[] as buckets\n  from flush\n    cross join unnest(\n      :dimensions!::text[], :tenants!::text[], :names!::text[], :endpoints!::integer[], :areOthers!::boolean[], :measures!::text[],\n      :atsMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]\n    ) as n (dimension, tenant, name, endpoint, is_other, measure, at_ms, count, sum, buckets)\n    left join endpoints p on p.id = n.endpoint\n  where n.endpoint = 0 or p.id is not null\n),\ntold as (\n  select * from given\n  union all\n  select 'tenant', tenant, '', measure, at, count, sum, buckets\n  from given\n  where dimension = 'endpoint'\n)\ninsert into samples as known (subject, tenant, dimension, step, at, measure, count, sum, buckets)\nselect\n  sample_subject(t.dimension, t.tenant, t.name) as subject, t.tenant, t.dimension, s.step,\n  date_bin(s.step * interval '1 second', t.at, to_timestamp(0)) as bin, t.measure, sum(t.count), sum(t.sum), sum_buckets(t.buckets)\nfrom told t\n  cross join unnest(array[10, 60, 3600]) as s (step)\ngroup by t.dimension, t.tenant, t.name, s.step, bin, t.measure\norder by subject, s.step, bin, t.measure\non conflict (subject, step, at, measure) do update\n  set\n    tenant = excluded.tenant, dimension = excluded.dimension, count = known.count + excluded.count,\n    sum = known.sum + excluded.sum, buckets = add_buckets(known.buckets, excluded.buckets)"};

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
 * ),
 * given as materialized (
 *   select
 *     n.dimension, coalesce(p.tenant, n.tenant) as tenant,
 *     case when n.endpoint = 0 then n.name when n.is_other then '' else n.endpoint::text end as name,
 *     n.measure, to_timestamp(n.at_ms / 1000) as at, n.count, n.sum, n.buckets::bigint[] as buckets
 *   from flush
 *     cross join unnest(
 *       :dimensions!::text[], :tenants!::text[], :names!::text[], :endpoints!::integer[], :areOthers!::boolean[], :measures!::text[],
 *       :atsMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]
 *     ) as n (dimension, tenant, name, endpoint, is_other, measure, at_ms, count, sum, buckets)
 *     left join endpoints p on p.id = n.endpoint
 *   where n.endpoint = 0 or p.id is not null
 * ),
 * told as (
 *   select * from given
 *   union all
 *   select 'tenant', tenant, '', measure, at, count, sum, buckets
 *   from given
 *   where dimension = 'endpoint'
 * )
 * insert into samples as known (subject, tenant, dimension, step, at, measure, count, sum, buckets)
 * select
 *   sample_subject(t.dimension, t.tenant, t.name) as subject, t.tenant, t.dimension, s.step,
 *   date_bin(s.step * interval '1 second', t.at, to_timestamp(0)) as bin, t.measure, sum(t.count), sum(t.sum), sum_buckets(t.buckets)
 * from told t
 *   cross join unnest(array[10, 60, 3600]) as s (step)
 * group by t.dimension, t.tenant, t.name, s.step, bin, t.measure
 * order by subject, s.step, bin, t.measure
 * on conflict (subject, step, at, measure) do update
 *   set
 *     tenant = excluded.tenant, dimension = excluded.dimension, count = known.count + excluded.count,
 *     sum = known.sum + excluded.sum, buckets = add_buckets(known.buckets, excluded.buckets)
 * ```
 */
export const addSamples = new PreparedQuery<IAddSamplesParams,IAddSamplesResult>(addSamplesIR);


