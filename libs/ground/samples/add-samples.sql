/*
  Stores numbers of a process: one row for each tenant, dimension and ten seconds. Only this process writes them, so that flushes
  do not wait for each other. A flush that was added before, because its answer was lost, adds nothing: each process numbers its
  flushes. A histogram is the text of an array: arrays of arrays would all have to be equally long.

  :process, :app, :version, :host, :pid, :startedAt   whose numbers these are
  :number, :stops   of the flush; whether it is the last one, of a process that ends
  :rows             the rows, as JSON

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
)
insert into recent_samples (tenant, dimension, at, names, measures, counts, sums, buckets)
select r.tenant, r.dimension, to_timestamp(r."atMs" / 1000), r.names, r.measures, r.counts, r.sums, r.buckets
from flush
  cross join jsonb_to_recordset(:rows!::jsonb) as r (
    tenant text, dimension text, "atMs" float8, names text[], measures text[], counts bigint[], sums float8[], buckets text[]
  );
