/*
  Delivery settings of the endpoints that changed after the snapshot :since was taken ('0': of all endpoints), and of those
  in :ids. Deleted ones are included. A page of :limit, ascending, above the endpoint :after.

  "snapshot" is the :since of the next read: the oldest transaction that was open. What it and later ones changed is read
  then, perhaps once more. A transaction that had not begun cannot have changed anything: such numbers come with a dump of
  another server, and their rows are read with :since '0' only. One row without an endpoint comes when there is none.

  "server" differs after a restart or a failover. The server may then lack commits, and count transactions and versions
  that it has lost once more: the next read has :since '0'.
*/
/* @name loadEndpoints */
with seen as materialized (
  select
    pg_snapshot_xmin(taken) as oldest_open,
    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
  from pg_current_snapshot() as taken
),
-- Materialized: with the page's limit, the planner would walk all endpoints in the order of their ids.
changed as materialized (
  select e.id
  from seen
    join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun
  union
  select unnest(:ids!::integer[])
),
page as (
  select id from changed where id > :after! order by id limit :limit!
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  p.id as "id?",
  p.public_id as "publicId",
  p.tenant,
  p.version,
  p.url,
  p.dlq_policy as "dlqPolicy",
  p.retry_schedule_ms as "retryScheduleMs",
  p.timeout_ms as "timeoutMs",
  p.max_concurrency as "maxConcurrency",
  p.max_retry_after_seconds as "maxRetryAfterSeconds",
  p.rate_limit_per_second as "perSecond",
  p.rate_limit_burst as "burst",
  p.headers_ciphertext as "headersCiphertext",
  p.auth_ciphertext as "authCiphertext",
  p.status,
  p.deleted_at is not null as "deleted!",
  k.ciphertexts as "secretCiphertexts",
  k.expire_in_ms as "secretsExpireInMs"
from
  seen
  left join (page join endpoints p on p.id = page.id) on true
  left join lateral (
    select
      array_agg(s.ciphertext order by s.id desc) as ciphertexts,
      -- Null: never.
      array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms
    from endpoint_secrets s
    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
  ) k on true
order by p.id;
