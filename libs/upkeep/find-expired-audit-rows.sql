/*
  Finds the places of up to :limit rows of the audit log that are older than its retention. Reads by the BRIN index, as
  find-expired-keys.sql does.
*/
/* @name findExpiredAuditRows */
select ctid::text as "place!"
from audit_log
where at < (select audit_expiry())
limit :limit!;
