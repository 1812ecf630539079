/* Deletes the API keys at these places that were revoked before that, with what belongs to them; returns their number. */
/* @name deleteExpiredApiKeys */
with expired as materialized (
  select ctid
  from api_keys
  where ctid = any(:places!::text[]::tid[]) and revoked_at < (select audit_expiry())
  for update skip locked
),
deleted as (
  delete from api_keys
  where ctid = any(array(select ctid from expired))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
