/** Types generated for queries found in "libs/ground/samples/roll-up-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'RollUpSamples' parameters type */
export interface IRollUpSamplesParams {
  limit: NumberOrString;
}

/** 'RollUpSamples' return type */
export interface IRollUpSamplesResult {
  added: number;
}

/** 'RollUpSamples' query type */
export interface IRollUpSamplesQuery {
  params: IRollUpSamplesParams;
  result: IRollUpSamplesResult;
}

const rollUpSamplesIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":186,"b":192},{"a":864,"b":870}]}],"statement":"with expired as (\n  delete from recent_samples\n  where ctid = any(array(\n    select ctid from recent_samples where rolled_up and at < now() - interval '2 hours' limit greatest(1000, 2 * :limit!::bigint)\n    for update skip locked\n  ))\n),\n-- Of processes that ended long ago. One that was only suspended still knows what it had stored.\nforgotten as (\n  delete from sample_flushes\n  where process in (select process from sample_flushes where flushed_at < now() - interval '30 days' for update skip locked)\n),\ntaken as (\n  update recent_samples set rolled_up = true\n  where ctid = any(array(\n    select ctid\n    from recent_samples\n    -- The last flush of the five minutes comes some seconds after their end.\n    where not rolled_up and at < date_bin('5 minutes', now() - interval '30 seconds', to_timestamp(0))\n    order by tenant, dimension, measure, at\n    limit :limit!::bigint\n    for update skip locked\n  ))\n  returning tenant, dimension, measure, at, names, counts, sums, buckets\n),\n-- Their minutes have a number, because all names are sorted by it: four columns took more time than all the rest.\nnumbered as materialized (\n  select *, dense_rank() over (order by tenant, dimension, measure, minute) as place\n  from (select *, date_bin('1 minute', at, to_timestamp(0)) as minute from taken) t\n),\nsummed as (\n  select\n    m.place, n.name, sum(n.count)::bigint as count, coalesce(sum(n.sum), 0) as sum,\n    merge_buckets(array_agg(n.buckets) filter (where n.buckets <> '{}')) as buckets\n  from numbered m\n    cross join unnest(m.names, m.counts, m.sums, m.buckets) as n (name, count, sum, buckets)\n  group by m.place, n.name\n),\nminutes as materialized (\n  select m.tenant, m.dimension, m.measure, m.minute, s.name, s.count, s.sum, s.buckets\n  from summed s\n    join (select distinct place, tenant, dimension, measure, minute from numbered) m on m.place = s.place\n),\nsteps as (\n  select tenant, dimension, 60 as step, measure, minute as at, name, count, sum, buckets\n  from minutes\n  union all\n  select\n    tenant, dimension, 3600, measure, date_bin('1 hour', minute, to_timestamp(0)) as hour, name, sum(count)::bigint, sum(sum),\n    sum_buckets(buckets) filter (where buckets <> '{}')\n  from minutes\n  group by tenant, dimension, measure, hour, name\n),\n-- In sorted order, so that two processes cannot deadlock.\nadded as (\n  insert into sample_rollups as known (tenant, dimension, step, measure, at, name, count, sum, buckets)\n  select tenant, dimension, step, measure, at, name, count, sum, buckets\n  from steps\n  order by tenant, dimension, step, measure, at, name\n  on conflict (tenant, dimension, step, measure, at, name) do update\n    set count = known.count + excluded.count, sum = known.sum + excluded.sum, buckets = add_buckets(known.buckets, excluded.buckets)\n)\nselect count(*)::integer as \"added!\" from taken"};

/**
 * Query generated from SQL:
 * ```
 * with expired as (
 *   delete from recent_samples
 *   where ctid = any(array(
 *     select ctid from recent_samples where rolled_up and at < now() - interval '2 hours' limit greatest(1000, 2 * :limit!::bigint)
 *     for update skip locked
 *   ))
 * ),
 * -- Of processes that ended long ago. One that was only suspended still knows what it had stored.
 * forgotten as (
 *   delete from sample_flushes
 *   where process in (select process from sample_flushes where flushed_at < now() - interval '30 days' for update skip locked)
 * ),
 * taken as (
 *   update recent_samples set rolled_up = true
 *   where ctid = any(array(
 *     select ctid
 *     from recent_samples
 *     -- The last flush of the five minutes comes some seconds after their end.
 *     where not rolled_up and at < date_bin('5 minutes', now() - interval '30 seconds', to_timestamp(0))
 *     order by tenant, dimension, measure, at
 *     limit :limit!::bigint
 *     for update skip locked
 *   ))
 *   returning tenant, dimension, measure, at, names, counts, sums, buckets
 * ),
 * -- Their minutes have a number, because all names are sorted by it: four columns took more time than all the rest.
 * numbered as materialized (
 *   select *, dense_rank() over (order by tenant, dimension, measure, minute) as place
 *   from (select *, date_bin('1 minute', at, to_timestamp(0)) as minute from taken) t
 * ),
 * summed as (
 *   select
 *     m.place, n.name, sum(n.count)::bigint as count, coalesce(sum(n.sum), 0) as sum,
 *     merge_buckets(array_agg(n.buckets) filter (where n.buckets <> '{}')) as buckets
 *   from numbered m
 *     cross join unnest(m.names, m.counts, m.sums, m.buckets) as n (name, count, sum, buckets)
 *   group by m.place, n.name
 * ),
 * minutes as materialized (
 *   select m.tenant, m.dimension, m.measure, m.minute, s.name, s.count, s.sum, s.buckets
 *   from summed s
 *     join (select distinct place, tenant, dimension, measure, minute from numbered) m on m.place = s.place
 * ),
 * steps as (
 *   select tenant, dimension, 60 as step, measure, minute as at, name, count, sum, buckets
 *   from minutes
 *   union all
 *   select
 *     tenant, dimension, 3600, measure, date_bin('1 hour', minute, to_timestamp(0)) as hour, name, sum(count)::bigint, sum(sum),
 *     sum_buckets(buckets) filter (where buckets <> '{}')
 *   from minutes
 *   group by tenant, dimension, measure, hour, name
 * ),
 * -- In sorted order, so that two processes cannot deadlock.
 * added as (
 *   insert into sample_rollups as known (tenant, dimension, step, measure, at, name, count, sum, buckets)
 *   select tenant, dimension, step, measure, at, name, count, sum, buckets
 *   from steps
 *   order by tenant, dimension, step, measure, at, name
 *   on conflict (tenant, dimension, step, measure, at, name) do update
 *     set count = known.count + excluded.count, sum = known.sum + excluded.sum, buckets = add_buckets(known.buckets, excluded.buckets)
 * )
 * select count(*)::integer as "added!" from taken
 * ```
 */
export const rollUpSamples = new PreparedQuery<IRollUpSamplesParams,IRollUpSamplesResult>(rollUpSamplesIR);


