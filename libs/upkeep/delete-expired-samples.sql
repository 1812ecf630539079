/* Deletes the numbers over time at these places that have expired (see find-expired-samples.sql), and returns their number. */
/* @name deleteExpiredSamples */
with expired as materialized (
  select ctid
  from sample_rollups
  where
    ctid = any(:places!::text[]::tid[])
    and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end
  for update skip locked
),
deleted as (
  delete from sample_rollups
  where ctid = any(array(select ctid from expired))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
