/* As delete-expired-samples.sql, of the numbers that the release before 0028 stores. */
/* @name deleteExpiredFormerSamples */
with expired as materialized (
  select ctid
  from samples
  where
    ctid = any(:places!::text[]::tid[])
    and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end
  for update skip locked
),
deleted as (
  delete from samples
  where ctid = any(array(select ctid from expired))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
