/*
  Stores numbers of a process: one row for each tenant, dimension, measure and ten seconds. Only this process writes them, so that
  flushes do not wait for each other. A histogram is the text of an array: arrays of arrays would all have to be equally long.

  :process, :app, :version, :host, :pid, :startedAt   whose numbers these are
  :before, :after   how many samples the process has stored before and after this flush
  :stops            whether it is the last one, of a process that ends
  :rows             the rows, as JSON

  A flush whose answer was lost comes again, as it was or in parts. Each part adds its numbers only where the process has stored
  no more than what is before it. So whatever is committed first, and however late, excludes the rest that has the same samples.

  The flush is stored also without numbers: it shows that the process runs.
*/
/* @name addSamples */
with flush as (
  insert into sample_flushes as known (process, number, app, version, host, pid, started_at, stopped_at)
  values (
    :process!::uuid, :after!::bigint, :app!, :version!, :host!, :pid!, :startedAt!, case when :stops!::boolean then now() end
  )
  on conflict (process) do update set number = excluded.number, flushed_at = now(), stopped_at = excluded.stopped_at
    where known.number <= :before!::bigint
  returning number
)
insert into recent_samples (tenant, dimension, measure, at, names, counts, sums, buckets)
select r.tenant, r.dimension, r.measure, to_timestamp(r."atMs" / 1000), r.names, r.counts, r.sums, r.buckets
from flush
  cross join jsonb_to_recordset(:rows!::jsonb) as r (
    tenant text, dimension text, measure text, "atMs" float8, names text[], counts bigint[], sums float8[], buckets text[]
  );
