/*
  Reads the sources :publicIds, and those with the names :names of the tenant :namesOf ("isAsked"), with their settings and
  their secrets that have not expired; and which sources were changed, or had their tenant changed, by transactions that the
  snapshot :since does not have ('0': no changes are needed). Those may be deleted. At most :most changes; "isIncomplete" says
  that there may be more.

  "server" and "snapshot" are those of load-endpoints.sql. One row without a source comes when there is none.
*/
/* @name readSources */
with seen as materialized (
  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
),
changed as materialized (
  (
    select s.id
    from seen
      join sources s on s.changed_by >= :since!::text::xid8 and s.changed_by < seen.not_begun
    where :since!::text <> '0'
    limit :most!
  )
  union
  (
    -- By index for each changed tenant: there is seldom one, and the planner expects as many sources as there may be.
    select s.id
    from seen
      join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
      cross join lateral (select id from sources where tenant = t.id and deleted_at is null limit :most!) s
    where :since!::text <> '0'
    limit :most!
  )
),
-- One look-up by index for each: with "or" in one condition, the planner may read the whole table.
asked as materialized (
  select id from sources where public_id = any(:publicIds!::uuid[]) and deleted_at is null
  union
  select id from sources where tenant = :namesOf! and name = any(:names!::text[]) and deleted_at is null
),
found as (
  select id from changed union select id from asked
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  extract(epoch from now())::float8 * 1000 as "nowMs!",
  (select count(*) from changed) >= :most! as "isIncomplete!",
  s.id as "id?",
  format('%s/%s', s.changed_by, t.changed_by) as "version!",
  s.id in (select id from changed) as "isChanged!",
  s.id in (select id from asked) as "isAsked!",
  s.public_id as "publicId",
  s.tenant,
  s.name,
  s.provider,
  case when s.id in (select id from asked) then s.settings end as "settings",
  s.duplicates,
  s.resubmit,
  s.enabled and t.enabled as "isEnabled!",
  t.rate_limit_per_second as "perSecond",
  t.rate_limit_burst as "burst",
  t.refuses_unknown_types as "refusesUnknownTypes",
  array(
    select secret
    from source_secrets
    where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())
    order by id desc
  ) as "secrets!",
  array(
    select coalesce(extract(epoch from expires_at)::float8 * 1000, 'Infinity')
    from source_secrets
    where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())
    order by id desc
  ) as "secretsExpireAtMs!"
from
  seen
  left join (
    found
    cross join lateral (select * from sources where id = found.id limit 1) s
    join tenants t on t.id = s.tenant
  ) on true;
