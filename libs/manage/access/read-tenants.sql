/*
  Reads the tenants :ids, and which tenants were changed by transactions that the snapshot :since does not have ('0': no
  changes are needed). At most :most changes; "isIncomplete" says that there may be more.

  "server" and "snapshot" are those of load-endpoints.sql. One row without a tenant comes when there is none.
*/
/* @name readTenants */
with seen as materialized (
  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
),
changed as materialized (
  select t.id
  from seen
    join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
  where :since!::text <> '0'
  limit :most!
),
found as (
  select id from changed union select unnest(:ids!::text[])
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  extract(epoch from now())::float8 * 1000 as "nowMs!",
  (select count(*) from changed) >= :most! as "isIncomplete!",
  t.id as "id?",
  t.changed_by::text as "version!",
  t.id in (select id from changed) as "isChanged!",
  t.enabled,
  t.rate_limit_per_second as "perSecond",
  t.rate_limit_burst as "burst",
  t.refuses_unknown_types as "refusesUnknownTypes"
from
  seen
  left join (found join tenants t on t.id = found.id) on true;
