/* Deletes what is expired at these places; returns how many that were. */
/* @name deleteExpiredInbox */
with deleted as (
  delete from shop.payments_inbox
  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
