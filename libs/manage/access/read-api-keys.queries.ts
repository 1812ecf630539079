/** Types generated for queries found in "libs/manage/access/read-api-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadApiKeys' parameters type */
export interface IReadApiKeysParams {
  most: NumberOrString;
  prefixes: stringArray;
  since: string;
}

/** 'ReadApiKeys' return type */
export interface IReadApiKeysResult {
  burst: number | null;
  duplicates: duplicates_policy;
  expiresAtMs: number | null;
  hash: Buffer;
  id: number | null;
  isChanged: boolean;
  isIncomplete: boolean;
  isRevoked: boolean;
  name: string;
  nowMs: number;
  perSecond: number | null;
  prefix: string;
  publicId: string;
  resubmit: resubmit_policy;
  scopes: stringArray;
  server: string;
  snapshot: string;
  tenant: string;
  version: string;
}

/** 'ReadApiKeys' query type */
export interface IReadApiKeysQuery {
  params: IReadApiKeysParams;
  result: IReadApiKeysResult;
}

const readApiKeysIR: any = {"usedParamSet":{"since":true,"most":true,"prefixes":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":244,"b":250},{"a":306,"b":312}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":335,"b":340},{"a":844,"b":849}]},{"name":"prefixes","required":true,"transform":{"type":"scalar"},"locs":[{"a":541,"b":550},{"a":633,"b":642}]}],"statement":"with seen as materialized (\n  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  select k.id\n  from seen\n    join api_keys k on k.changed_by >= :since!::text::xid8 and k.changed_by < seen.not_begun\n  where :since!::text <> '0'\n  limit :most!\n),\n-- One look-up by index for each column: with \"or\" in one condition, the planner may read the whole table.\nfound as (\n  select id from changed\n  union\n  select id from api_keys where prefix = any(:prefixes!::text[])\n  union\n  select api_key from former_api_key_secrets where prefix = any(:prefixes!::text[])\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  extract(epoch from now())::float8 * 1000 as \"nowMs!\",\n  (select count(*) from changed) >= :most! as \"isIncomplete!\",\n  k.id as \"id?\",\n  k.changed_by::text as \"version!\",\n  k.id in (select id from changed) as \"isChanged!\",\n  k.public_id as \"publicId\",\n  k.tenant,\n  k.name,\n  s.prefix as \"prefix!\",\n  s.hash as \"hash!\",\n  k.scopes::text[] as \"scopes!\",\n  extract(epoch from least(k.expires_at, s.expires_at))::float8 * 1000 as \"expiresAtMs\",\n  k.rate_limit_per_second as \"perSecond\",\n  k.rate_limit_burst as \"burst\",\n  k.duplicates,\n  k.resubmit,\n  k.revoked_at is not null as \"isRevoked!\"\nfrom\n  seen\n  left join (\n    found\n    join api_keys k on k.id = found.id\n    cross join lateral (\n      select k.prefix, k.hash, null::timestamptz as expires_at\n      union all\n      select prefix, hash, expires_at from former_api_key_secrets where api_key = k.id\n    ) s\n  ) on true"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   select k.id
 *   from seen
 *     join api_keys k on k.changed_by >= :since!::text::xid8 and k.changed_by < seen.not_begun
 *   where :since!::text <> '0'
 *   limit :most!
 * ),
 * -- One look-up by index for each column: with "or" in one condition, the planner may read the whole table.
 * found as (
 *   select id from changed
 *   union
 *   select id from api_keys where prefix = any(:prefixes!::text[])
 *   union
 *   select api_key from former_api_key_secrets where prefix = any(:prefixes!::text[])
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   extract(epoch from now())::float8 * 1000 as "nowMs!",
 *   (select count(*) from changed) >= :most! as "isIncomplete!",
 *   k.id as "id?",
 *   k.changed_by::text as "version!",
 *   k.id in (select id from changed) as "isChanged!",
 *   k.public_id as "publicId",
 *   k.tenant,
 *   k.name,
 *   s.prefix as "prefix!",
 *   s.hash as "hash!",
 *   k.scopes::text[] as "scopes!",
 *   extract(epoch from least(k.expires_at, s.expires_at))::float8 * 1000 as "expiresAtMs",
 *   k.rate_limit_per_second as "perSecond",
 *   k.rate_limit_burst as "burst",
 *   k.duplicates,
 *   k.resubmit,
 *   k.revoked_at is not null as "isRevoked!"
 * from
 *   seen
 *   left join (
 *     found
 *     join api_keys k on k.id = found.id
 *     cross join lateral (
 *       select k.prefix, k.hash, null::timestamptz as expires_at
 *       union all
 *       select prefix, hash, expires_at from former_api_key_secrets where api_key = k.id
 *     ) s
 *   ) on true
 * ```
 */
export const readApiKeys = new PreparedQuery<IReadApiKeysParams,IReadApiKeysResult>(readApiKeysIR);


