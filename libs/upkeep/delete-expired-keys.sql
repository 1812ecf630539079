/*
  Deletes what is expired at these places; returns how many that were. A key that ingest claims anew at this moment is
  locked and passed by; one that it has claimed meanwhile is not expired any more, which the lock finds out; and ingest
  waits for a key that is deleted here until this statement ends, and then claims it as a new one.
*/
/* @name deleteExpiredKeys */
with expired as materialized (
  select ctid
  from idempotency_keys
  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
  for update skip locked
),
deleted as (
  delete from idempotency_keys
  where ctid = any(array(select ctid from expired)) and expires_at <= now()
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
