/*
  Reads the event types with the names :names of the tenants :tenants, pair by pair, and which ones were changed by
  transactions that the snapshot :since does not have ('0': no changes are needed). Deleted ones are included. At most
  :most changes; "isIncomplete" says that there may be more.

  "server" and "snapshot" are those of load-endpoints.sql. One row without an event type comes when there is none.
*/
/* @name readEventTypes */
with seen as materialized (
  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
),
changed as materialized (
  select t.id
  from seen
    join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
  where :since!::text <> '0'
  limit :most!
),
found as (
  select id from changed
  union
  select t.id
  from unnest(:tenants!::text[], :names!::text[]) as asked (tenant, name)
    join event_types t on t.tenant = asked.tenant and t.name = asked.name
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  extract(epoch from now())::float8 * 1000 as "nowMs!",
  (select count(*) from changed) >= :most! as "isIncomplete!",
  t.id as "id?",
  t.changed_by::text as "version!",
  t.id in (select id from changed) as "isChanged!",
  t.tenant,
  t.name,
  t.deleted_at is not null as "isDeleted!",
  t.enforce = 'reject' and t.schema is not null as "isChecked!"
from
  seen
  left join (found join event_types t on t.id = found.id) on true;
