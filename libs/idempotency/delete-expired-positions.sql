/* Deletes the expired positions at these ctids, except locked ones; returns how many. */
/* @name deleteExpiredPositions */
with expired as materialized (
  select ctid
  from webhook_positions
  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
  for update skip locked
),
deleted as (
  delete from webhook_positions
  where ctid = any(array(select ctid from expired)) and expires_at <= now()
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
