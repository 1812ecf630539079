/** Types generated for queries found in "libs/ground/postgres/read-server.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'ReadServer' parameters type */
export interface IReadServerParams {
  names: stringArray;
}

/** 'ReadServer' return type */
export interface IReadServerResult {
  databaseConnections: number;
  hasTransactionTimeout: boolean;
  isStandby: boolean;
  otherSchemas: stringArray;
  roleConnections: number;
  values: stringArray;
}

/** 'ReadServer' query type */
export interface IReadServerQuery {
  params: IReadServerParams;
  result: IReadServerResult;
}

const readServerIR: any = {"usedParamSet":{"names":true},"params":[{"name":"names","required":true,"transform":{"type":"scalar"},"locs":[{"a":85,"b":91}]}],"statement":"select\n  array(\n    select coalesce(current_setting(name, true), '')\n    from unnest(:names!::text[]) with ordinality as asked (name, place)\n    order by place\n  ) as \"values!\",\n  pg_is_in_recovery() as \"isStandby!\",\n  exists (\n    select\n    from pg_db_role_setting s\n      cross join unnest(s.setconfig) as setting\n    where\n      s.setdatabase in (0, (select oid from pg_database where datname = current_database()))\n      and s.setrole in (0, (select oid from pg_roles where rolname = current_user))\n      and setting like 'transaction_timeout=%' and setting <> 'transaction_timeout=0'\n  ) as \"hasTransactionTimeout!\",\n  (select rolconnlimit from pg_roles where rolname = current_user) as \"roleConnections!\",\n  (select datconnlimit from pg_database where datname = current_database()) as \"databaseConnections!\",\n  array(\n    select n.nspname::text\n    from pg_class c\n      join pg_namespace n on n.oid = c.relnamespace\n    where c.relname = 'shard_cursors' and c.relkind = 'r' and to_regclass('shard_cursors') is null\n    order by n.nspname\n  ) as \"otherSchemas!\""};

/**
 * Query generated from SQL:
 * ```
 * select
 *   array(
 *     select coalesce(current_setting(name, true), '')
 *     from unnest(:names!::text[]) with ordinality as asked (name, place)
 *     order by place
 *   ) as "values!",
 *   pg_is_in_recovery() as "isStandby!",
 *   exists (
 *     select
 *     from pg_db_role_setting s
 *       cross join unnest(s.setconfig) as setting
 *     where
 *       s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
 *       and s.setrole in (0, (select oid from pg_roles where rolname = current_user))
 *       and setting like 'transaction_timeout=%' and setting <> 'transaction_timeout=0'
 *   ) as "hasTransactionTimeout!",
 *   (select rolconnlimit from pg_roles where rolname = current_user) as "roleConnections!",
 *   (select datconnlimit from pg_database where datname = current_database()) as "databaseConnections!",
 *   array(
 *     select n.nspname::text
 *     from pg_class c
 *       join pg_namespace n on n.oid = c.relnamespace
 *     where c.relname = 'shard_cursors' and c.relkind = 'r' and to_regclass('shard_cursors') is null
 *     order by n.nspname
 *   ) as "otherSchemas!"
 * ```
 */
export const readServer = new PreparedQuery<IReadServerParams,IReadServerResult>(readServerIR);


