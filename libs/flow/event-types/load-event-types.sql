/*
  Event types that changed after the snapshot :since was taken ('0': all event types), without their schemas. Deleted ones
  are included. A page of :limit, ascending, above the row :after. One row without an event type comes when there is none.

  "snapshot" is the :since of the next read, and "server" differs after a restart or a failover: see load-endpoints.sql.
*/
/* @name loadEventTypes */
with seen as materialized (
  select
    pg_snapshot_xmin(taken) as oldest_open,
    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
  from pg_current_snapshot() as taken
),
-- Materialized: with the page's limit, the planner would walk all event types in the order of their ids.
changed as materialized (
  select t.id
  from seen join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
),
page as (
  select id from changed where id > :after! order by id limit :limit!
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  t.id as "id?",
  t.tenant,
  t.name,
  t.version,
  t.changed_by::text as "changedBy!",
  t.deleted_at is not null as "deleted!",
  t.enforce = 'reject' and t.schema is not null as "isChecked!"
from seen left join (page join event_types t on t.id = page.id) on true
order by t.id;
