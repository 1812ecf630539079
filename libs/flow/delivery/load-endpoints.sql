/*
  Delivery settings of the endpoints that changed since :sinceMs or within the last :withinMs (see LookBack), and of those in
  :ids. Deleted ones are included.
*/
/* @name loadEndpoints */
select
  p.id,
  p.public_id as "publicId",
  p.url,
  p.dlq_policy as "dlqPolicy",
  p.retry_schedule_ms as "retryScheduleMs",
  p.timeout_ms as "timeoutMs",
  p.max_concurrency as "maxConcurrency",
  p.max_retry_after_seconds as "maxRetryAfterSeconds",
  p.headers_ciphertext as "headersCiphertext",
  p.status,
  p.deleted_at is not null as "deleted",
  extract(epoch from p.updated_at)::float8 * 1000 as "changedAtMs!",
  k.ciphertexts as "secretCiphertexts",
  k.expire_in_ms as "secretsExpireInMs"
from
  endpoints p
  cross join lateral (
    select
      array_agg(s.ciphertext order by s.id desc) as ciphertexts,
      -- Null: never.
      array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms
    from endpoint_secrets s
    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
  ) k
where
  p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
  or p.id = any(:ids!::integer[])
order by p.updated_at;
