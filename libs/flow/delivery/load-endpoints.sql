/*
  What it takes to deliver to the endpoints that changed since :sinceMs or within the last :withinMs, whichever goes back
  further, deleted ones too: as LookBack says.
*/
/* @name loadEndpoints */
select
  p.id,
  p.public_id as "publicId",
  p.tenant,
  p.url,
  p.ordering,
  p.dlq_policy as "dlqPolicy",
  p.retry_schedule_ms as "retryScheduleMs",
  p.timeout_ms as "timeoutMs",
  p.max_concurrency as "maxConcurrency",
  p.max_retry_after_seconds as "maxRetryAfterSeconds",
  p.headers_ciphertext as "headersCiphertext",
  p.status,
  p.deleted_at is not null as "deleted",
  extract(epoch from p.updated_at)::float8 * 1000 as "changedAtMs!",
  array(
    select s.ciphertext from endpoint_secrets s
    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
    order by s.id desc
  ) as "secretCiphertexts"
from endpoints p
where p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
order by p.updated_at;
