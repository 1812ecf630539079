/*
  What a start checks about the server: the values of the named settings in this session, in their order (empty for a
  setting that it does not know), whether the role or the database has a transaction_timeout, how many connections they may
  have (-1: any number), and the schemas that hold Lockstep's tables while that of this session does not.
*/
/* @name readServer */
select
  array(
    select coalesce(current_setting(name, true), '')
    from unnest(:names!::text[]) with ordinality as asked (name, place)
    order by place
  ) as "values!",
  pg_is_in_recovery() as "isStandby!",
  exists (
    select
    from pg_db_role_setting s
      cross join unnest(s.setconfig) as setting
    where
      s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and s.setrole in (0, (select oid from pg_roles where rolname = current_user))
      and setting like 'transaction_timeout=%' and setting <> 'transaction_timeout=0'
  ) as "hasTransactionTimeout!",
  (select rolconnlimit from pg_roles where rolname = current_user) as "roleConnections!",
  (select datconnlimit from pg_database where datname = current_database()) as "databaseConnections!",
  array(
    select n.nspname::text
    from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
    where c.relname = 'shard_cursors' and c.relkind = 'r' and to_regclass('shard_cursors') is null
    order by n.nspname
  ) as "otherSchemas!";
