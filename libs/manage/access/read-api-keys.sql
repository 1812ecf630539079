/*
  Reads the API keys with the prefixes :prefixes, now or before a rotation, and which keys were changed by transactions that
  the snapshot :since does not have ('0': no changes are needed). A row for each secret of a key, former ones included. At
  most :most changes; "isIncomplete" says that there may be more.

  "server" and "snapshot" are those of load-endpoints.sql. One row without a key comes when there is none.
*/
/* @name readApiKeys */
with seen as materialized (
  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
),
changed as materialized (
  select k.id
  from seen
    join api_keys k on k.changed_by >= :since!::text::xid8 and k.changed_by < seen.not_begun
  where :since!::text <> '0'
  limit :most!
),
-- One look-up by index for each column: with "or" in one condition, the planner may read the whole table.
found as (
  select id from changed
  union
  select id from api_keys where prefix = any(:prefixes!::text[])
  union
  select api_key from former_api_key_secrets where prefix = any(:prefixes!::text[])
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  extract(epoch from now())::float8 * 1000 as "nowMs!",
  (select count(*) from changed) >= :most! as "isIncomplete!",
  k.id as "id?",
  k.changed_by::text as "version!",
  k.id in (select id from changed) as "isChanged!",
  k.public_id as "publicId",
  k.tenant,
  k.name,
  s.prefix as "prefix!",
  s.hash as "hash!",
  k.scopes::text[] as "scopes!",
  extract(epoch from least(k.expires_at, s.expires_at))::float8 * 1000 as "expiresAtMs",
  k.rate_limit_per_second as "perSecond",
  k.rate_limit_burst as "burst",
  k.duplicates,
  k.resubmit,
  k.revoked_at is not null as "isRevoked!"
from
  seen
  left join (
    found
    join api_keys k on k.id = found.id
    cross join lateral (
      select k.prefix, k.hash, null::timestamptz as expires_at
      union all
      select prefix, hash, expires_at from former_api_key_secrets where api_key = k.id
    ) s
  ) on true;
