/* What goes on in the database, of all programs. Sessions of other users show less without the role pg_read_all_stats. */
/* @name readActivity */
select
  count(*) filter (where wait_event_type = 'Lock')::integer as "lockWaits!",
  coalesce(extract(epoch from now() - min(xact_start) filter (where pid <> pg_backend_pid())), 0)::float8 as "longestTransactionSeconds!",
  pg_database_size(current_database())::float8 as "databaseBytes!"
from pg_stat_activity
where datname = current_database() and backend_type = 'client backend';
