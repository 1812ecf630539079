/*
  Marks the first row that is due for its minute and hour without adding it: Postgres cannot add it, and it would keep all others
  from being added. The conditions and the order are those of roll-up-samples.sql. Returns which row it was.
*/
/* @name skipSamples */
update recent_samples set rolled_up = true
where ctid = any(array(
  select ctid
  from recent_samples
  where not rolled_up and at < date_bin('5 minutes', now() - interval '30 seconds', to_timestamp(0))
  order by tenant, dimension, measure, at
  limit 1
  for update skip locked
))
returning tenant, dimension, measure, at;
