/* Finds the places of up to :limit API keys that were revoked before the oldest row that the audit log keeps. */
/* @name findExpiredApiKeys */
select ctid::text as "place!"
from api_keys
where revoked_at < (select audit_expiry())
limit :limit!;
