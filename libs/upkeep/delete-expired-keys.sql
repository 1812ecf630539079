/*
  Deletes the expired keys at these places, and returns their number. Skips keys that ingest has locked to claim them. A
  key that ingest has claimed since is not expired any more, which the locked row shows. Ingest waits for a key that is
  being deleted, and then claims it as a new one.
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
