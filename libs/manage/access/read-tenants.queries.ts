/** Types generated for queries found in "libs/manage/access/read-tenants.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadTenants' parameters type */
export interface IReadTenantsParams {
  ids: stringArray;
  most: NumberOrString;
  since: string;
}

/** 'ReadTenants' return type */
export interface IReadTenantsResult {
  burst: number | null;
  enabled: boolean;
  id: string | null;
  isChanged: boolean;
  isIncomplete: boolean;
  nowMs: number;
  perSecond: number | null;
  refusesUnknownTypes: boolean;
  server: string;
  snapshot: string;
  version: string;
}

/** 'ReadTenants' query type */
export interface IReadTenantsQuery {
  params: IReadTenantsParams;
  result: IReadTenantsResult;
}

const readTenantsIR: any = {"usedParamSet":{"since":true,"most":true,"ids":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":243,"b":249},{"a":305,"b":311}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":334,"b":339},{"a":606,"b":611}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":400,"b":404}]}],"statement":"with seen as materialized (\n  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  select t.id\n  from seen\n    join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun\n  where :since!::text <> '0'\n  limit :most!\n),\nfound as (\n  select id from changed union select unnest(:ids!::text[])\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  extract(epoch from now())::float8 * 1000 as \"nowMs!\",\n  (select count(*) from changed) >= :most! as \"isIncomplete!\",\n  t.id as \"id?\",\n  t.changed_by::text as \"version!\",\n  t.id in (select id from changed) as \"isChanged!\",\n  t.enabled,\n  t.rate_limit_per_second as \"perSecond\",\n  t.rate_limit_burst as \"burst\",\n  t.refuses_unknown_types as \"refusesUnknownTypes\"\nfrom\n  seen\n  left join (found join tenants t on t.id = found.id) on true"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   select t.id
 *   from seen
 *     join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
 *   where :since!::text <> '0'
 *   limit :most!
 * ),
 * found as (
 *   select id from changed union select unnest(:ids!::text[])
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   extract(epoch from now())::float8 * 1000 as "nowMs!",
 *   (select count(*) from changed) >= :most! as "isIncomplete!",
 *   t.id as "id?",
 *   t.changed_by::text as "version!",
 *   t.id in (select id from changed) as "isChanged!",
 *   t.enabled,
 *   t.rate_limit_per_second as "perSecond",
 *   t.rate_limit_burst as "burst",
 *   t.refuses_unknown_types as "refusesUnknownTypes"
 * from
 *   seen
 *   left join (found join tenants t on t.id = found.id) on true
 * ```
 */
export const readTenants = new PreparedQuery<IReadTenantsParams,IReadTenantsResult>(readTenantsIR);


