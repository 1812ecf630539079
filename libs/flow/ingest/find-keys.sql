/* Finds the events that the given keys stand for. Omits keys that do not exist, or no longer do. */
/* @name findKeys */
select k.tenant, k.key, k.fingerprint, k.event_id as "eventId", k.accepted_at as "acceptedAt"
from unnest(:tenants!::text[], :keys!::text[]) as asked (tenant, key)
  join idempotency_keys k on k.tenant = asked.tenant and k.key = asked.key;
