/*
  Reads the oldest endpoint with the URL :urls of the tenant :tenants, pair by pair, and which endpoints were changed by
  transactions that the snapshot :since does not have ('0': no changes are needed). At most :most changes; "isIncomplete" says
  that there may be more.

  "server" and "snapshot" are those of load-endpoints.sql. One row without an endpoint comes when there is none.
*/
/* @name readDestinations */
with seen as materialized (
  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
),
changed as materialized (
  select e.id
  from seen
    join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun
  where :since!::text <> '0'
  limit :most!
),
oldest as materialized (
  select e.id
  from unnest(:tenants!::text[], :urls!::text[]) as asked (tenant, url)
    cross join lateral (
      select id
      from endpoints
      where tenant = asked.tenant and url_digest(url) = url_digest(asked.url) and url = asked.url and deleted_at is null
      order by id
      limit 1
    ) e
),
found as (
  select id from changed union select id from oldest
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  extract(epoch from now())::float8 * 1000 as "nowMs!",
  (select count(*) from changed) >= :most! as "isIncomplete!",
  e.id as "id?",
  e.version::text as "version!",
  e.id in (select id from changed) as "isChanged!",
  e.id in (select id from oldest) as "isOldest!",
  e.tenant,
  e.url
from
  seen
  left join (found join endpoints e on e.id = found.id) on true;
