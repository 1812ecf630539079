/* Deletes the rows of the audit log at these places that are older than its retention, and returns their number. */
/* @name deleteExpiredAuditRows */
with expired as materialized (
  select ctid
  from audit_log
  where ctid = any(:places!::text[]::tid[]) and at < (select audit_expiry())
  for update skip locked
),
deleted as (
  delete from audit_log
  where ctid = any(array(select ctid from expired))
  returning 1
)
select count(*)::integer as "deleted!" from deleted;
