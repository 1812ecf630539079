/* Deletes the expired rows at these ctids; returns how many. */
/* @name deleteExpiredInbox */
with deleted as (
  delete from shop.payments_inbox
  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
