/** Types generated for queries found in "libs/flow/sources/read-sources.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type BufferArray = (Buffer)[];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ReadSources' parameters type */
export interface IReadSourcesParams {
  most: NumberOrString;
  names: stringArray;
  namesOf: string;
  publicIds: stringArray;
  since: string;
}

/** 'ReadSources' return type */
export interface IReadSourcesResult {
  burst: number | null;
  duplicates: duplicates_policy;
  id: number | null;
  isAsked: boolean;
  isChanged: boolean;
  isEnabled: boolean;
  isIncomplete: boolean;
  name: string;
  nowMs: number;
  perSecond: number | null;
  provider: string;
  publicId: string;
  refusesUnknownTypes: boolean;
  resubmit: resubmit_policy;
  secrets: BufferArray;
  secretsExpireAtMs: numberArray;
  server: string;
  settings: Json | null;
  snapshot: string;
  tenant: string;
  version: string;
}

/** 'ReadSources' query type */
export interface IReadSourcesQuery {
  params: IReadSourcesParams;
  result: IReadSourcesResult;
}

const readSourcesIR: any = {"usedParamSet":{"since":true,"most":true,"publicIds":true,"namesOf":true,"names":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":253,"b":259},{"a":317,"b":323},{"a":560,"b":566},{"a":732,"b":738}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":348,"b":353},{"a":712,"b":717},{"a":763,"b":768},{"a":1362,"b":1367}]},{"name":"publicIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":948,"b":958}]},{"name":"namesOf","required":true,"transform":{"type":"scalar"},"locs":[{"a":1040,"b":1048}]},{"name":"names","required":true,"transform":{"type":"scalar"},"locs":[{"a":1065,"b":1071}]}],"statement":"with seen as materialized (\n  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  (\n    select s.id\n    from seen\n      join sources s on s.changed_by >= :since!::text::xid8 and s.changed_by < seen.not_begun\n    where :since!::text <> '0'\n    limit :most!\n  )\n  union\n  (\n    -- By index for each changed tenant: there is seldom one, and the planner expects as many sources as there may be.\n    select s.id\n    from seen\n      join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun\n      cross join lateral (select id from sources where tenant = t.id and deleted_at is null limit :most!) s\n    where :since!::text <> '0'\n    limit :most!\n  )\n),\n-- One look-up by index for each: with \"or\" in one condition, the planner may read the whole table.\nasked as materialized (\n  select id from sources where public_id = any(:publicIds!::uuid[]) and deleted_at is null\n  union\n  select id from sources where tenant = :namesOf! and name = any(:names!::text[]) and deleted_at is null\n),\nfound as (\n  select id from changed union select id from asked\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  extract(epoch from now())::float8 * 1000 as \"nowMs!\",\n  (select count(*) from changed) >= :most! as \"isIncomplete!\",\n  s.id as \"id?\",\n  format('%s/%s', s.changed_by, t.changed_by) as \"version!\",\n  s.id in (select id from changed) as \"isChanged!\",\n  s.id in (select id from asked) as \"isAsked!\",\n  s.public_id as \"publicId\",\n  s.tenant,\n  s.name,\n  s.provider,\n  case when s.id in (select id from asked) then s.settings end as \"settings\",\n  s.duplicates,\n  s.resubmit,\n  s.enabled and t.enabled as \"isEnabled!\",\n  t.rate_limit_per_second as \"perSecond\",\n  t.rate_limit_burst as \"burst\",\n  t.refuses_unknown_types as \"refusesUnknownTypes\",\n  array(\n    select secret\n    from source_secrets\n    where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())\n    order by id desc\n  ) as \"secrets!\",\n  array(\n    select coalesce(extract(epoch from expires_at)::float8 * 1000, 'Infinity')\n    from source_secrets\n    where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())\n    order by id desc\n  ) as \"secretsExpireAtMs!\"\nfrom\n  seen\n  left join (\n    found\n    cross join lateral (select * from sources where id = found.id limit 1) s\n    join tenants t on t.id = s.tenant\n  ) on true"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   (
 *     select s.id
 *     from seen
 *       join sources s on s.changed_by >= :since!::text::xid8 and s.changed_by < seen.not_begun
 *     where :since!::text <> '0'
 *     limit :most!
 *   )
 *   union
 *   (
 *     -- By index for each changed tenant: there is seldom one, and the planner expects as many sources as there may be.
 *     select s.id
 *     from seen
 *       join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
 *       cross join lateral (select id from sources where tenant = t.id and deleted_at is null limit :most!) s
 *     where :since!::text <> '0'
 *     limit :most!
 *   )
 * ),
 * -- One look-up by index for each: with "or" in one condition, the planner may read the whole table.
 * asked as materialized (
 *   select id from sources where public_id = any(:publicIds!::uuid[]) and deleted_at is null
 *   union
 *   select id from sources where tenant = :namesOf! and name = any(:names!::text[]) and deleted_at is null
 * ),
 * found as (
 *   select id from changed union select id from asked
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   extract(epoch from now())::float8 * 1000 as "nowMs!",
 *   (select count(*) from changed) >= :most! as "isIncomplete!",
 *   s.id as "id?",
 *   format('%s/%s', s.changed_by, t.changed_by) as "version!",
 *   s.id in (select id from changed) as "isChanged!",
 *   s.id in (select id from asked) as "isAsked!",
 *   s.public_id as "publicId",
 *   s.tenant,
 *   s.name,
 *   s.provider,
 *   case when s.id in (select id from asked) then s.settings end as "settings",
 *   s.duplicates,
 *   s.resubmit,
 *   s.enabled and t.enabled as "isEnabled!",
 *   t.rate_limit_per_second as "perSecond",
 *   t.rate_limit_burst as "burst",
 *   t.refuses_unknown_types as "refusesUnknownTypes",
 *   array(
 *     select secret
 *     from source_secrets
 *     where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())
 *     order by id desc
 *   ) as "secrets!",
 *   array(
 *     select coalesce(extract(epoch from expires_at)::float8 * 1000, 'Infinity')
 *     from source_secrets
 *     where source = s.id and s.id in (select id from asked) and (expires_at is null or expires_at > now())
 *     order by id desc
 *   ) as "secretsExpireAtMs!"
 * from
 *   seen
 *   left join (
 *     found
 *     cross join lateral (select * from sources where id = found.id limit 1) s
 *     join tenants t on t.id = s.tenant
 *   ) on true
 * ```
 */
export const readSources = new PreparedQuery<IReadSourcesParams,IReadSourcesResult>(readSourcesIR);


