/* Deletes the counts of sources at these places that are older than :retentionMs, and returns their number. */
/* @name deleteExpiredSourceActivity */
with expired as materialized (
  select ctid
  from source_activity
  where
    ctid = any(:places!::text[]::tid[])
    and minute < now() - :retentionMs!::float8 * interval '1 millisecond'
  for update skip locked
),
deleted as (
  delete from source_activity
  where ctid = any(array(select ctid from expired))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
