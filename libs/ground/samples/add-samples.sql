/*
  Adds numbers of a process to those of others and of earlier flushes: to their minute, and to its hour. A flush that was added
  before, because its answer was lost, adds nothing: each process numbers its flushes. In sorted order, so that two processes
  cannot deadlock. A histogram is the text of an array: arrays of arrays would all have to be equally long.
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
  insert into sample_flushes as known (process, number)
  values (:process!::uuid, :number!::bigint)
  on conflict (process) do update set number = excluded.number, flushed_at = now()
    where known.number < excluded.number
  returning number
)
insert into samples as known (subject, step, at, measure, count, sum, buckets)
select
  n.subject, s.step, date_bin(s.step * interval '1 second', to_timestamp(n.minute_ms / 1000), to_timestamp(0)) as at, n.measure,
  sum(n.count), sum(n.sum), sum_buckets(n.buckets::bigint[])
from flush
  cross join unnest(
    :subjects!::text[], :measures!::text[], :minutesMs!::float8[], :counts!::bigint[], :sums!::float8[], :buckets!::text[]
  ) as n (subject, measure, minute_ms, count, sum, buckets)
  cross join unnest(array[60, 3600]) as s (step)
group by n.subject, s.step, at, n.measure
order by n.subject, s.step, at, n.measure
on conflict (subject, step, at, measure) do update
  set
    count = known.count + excluded.count, sum = known.sum + excluded.sum,
    buckets = add_buckets(known.buckets, excluded.buckets);
