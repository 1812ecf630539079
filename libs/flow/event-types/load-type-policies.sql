/*
  Tenants that changed after the snapshot :since was taken ('0': all that refuse unknown types). Ascending pages of :limit
  above the tenant :after; one row without a tenant comes when there is none. "snapshot" and "server": see
  load-event-types.sql.
*/
/* @name loadTypePolicies */
with seen as materialized (
  select
    pg_snapshot_xmin(taken) as oldest_open,
    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
  from pg_current_snapshot() as taken
),
changed as materialized (
  select t.id, t.refuses_unknown_types
  from seen join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
  where :since!::text <> '0' or t.refuses_unknown_types
),
page as (
  select id, refuses_unknown_types from changed where id > :after!::text order by id limit :limit!
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  page.id as "id?",
  page.refuses_unknown_types as "refusesUnknown!"
from seen left join page on true
order by page.id;
