/*
  Adds numbers of a process to those of others and of earlier flushes: to their ten seconds, their minute and their hour. A
  flush that was added before, because its answer was lost, adds nothing: each process numbers its flushes. In sorted order, so
  that two processes cannot deadlock. A histogram is the text of an array: arrays of arrays would all have to be equally long.

  :process, :app, :version, :host, :pid, :startedAt   whose numbers these are
  :number, :stops     of the flush; whether it is the last one, of a process that ends
  the others          one entry a number. An endpoint's numbers (:endpoints is not 0) are also those of its tenant

  The flush is stored also without numbers: it shows that the process runs.
*/
/* @name addSamples */
with forgotten as (
  -- Of processes that have stopped.
  delete from sample_flushes
  where process in (
    select process from sample_flushes where flushed_at < now() - interval '1 day' and process <> :process!::uuid
    for update skip locked
  )
),
flush as (
  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)
  values (
    :process!::uuid, :number!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end
  )
  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at
    where known.number < excluded.number
  returning number
),
given as materialized (
  select
    n.dimension, coalesce(p.tenant, n.tenant) as tenant,
    case when n.endpoint = 0 then n.name when n.is_other then '' else n.endpoint::text end as name,
    n.measure, to_timestamp(n.at_ms / 1000) as at, n.count, n.sum, n.buckets::bigint[] as buckets
  from flush
    cross join unnest(
      :dimensions!::text[], :tenants!::text[], :names!::text[], :endpoints!::integer[], :areOthers!::boolean[], :measures!::text[],
      :atsMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]
    ) as n (dimension, tenant, name, endpoint, is_other, measure, at_ms, count, sum, buckets)
    left join endpoints p on p.id = n.endpoint
  where n.endpoint = 0 or p.id is not null
),
told as (
  select * from given
  union all
  select 'tenant', tenant, '', measure, at, count, sum, buckets
  from given
  where dimension = 'endpoint'
)
insert into samples as known (subject, tenant, dimension, step, at, measure, count, sum, buckets)
select
  sample_subject(t.dimension, t.tenant, t.name) as subject, t.tenant, t.dimension, s.step,
  date_bin(s.step * interval '1 second', t.at, to_timestamp(0)) as bin, t.measure, sum(t.count), sum(t.sum), sum_buckets(t.buckets)
from told t
  cross join unnest(array[10, 60, 3600]) as s (step)
group by t.dimension, t.tenant, t.name, s.step, bin, t.measure
order by subject, s.step, bin, t.measure
on conflict (subject, step, at, measure) do update
  set
    tenant = excluded.tenant, dimension = excluded.dimension, count = known.count + excluded.count,
    sum = known.sum + excluded.sum, buckets = add_buckets(known.buckets, excluded.buckets);
