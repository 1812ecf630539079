/* Deletes the expired requests at these ctids, except locked ones, which may be claimed again; returns how many. */
/* @name deleteExpiredRequests */
with expired as materialized (
  select ctid
  from idempotent_requests
  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
  for update skip locked
),
deleted as (
  delete from idempotent_requests
  where ctid = any(array(select ctid from expired)) and expires_at <= now()
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
