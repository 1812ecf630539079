/** Types generated for queries found in "libs/manage/sources/read-destinations.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadDestinations' parameters type */
export interface IReadDestinationsParams {
  most: NumberOrString;
  since: string;
  tenants: stringArray;
  urls: stringArray;
}

/** 'ReadDestinations' return type */
export interface IReadDestinationsResult {
  id: number | null;
  isChanged: boolean;
  isIncomplete: boolean;
  isOldest: boolean;
  nowMs: number;
  server: string;
  snapshot: string;
  tenant: string;
  url: string;
  version: string;
}

/** 'ReadDestinations' query type */
export interface IReadDestinationsQuery {
  params: IReadDestinationsParams;
  result: IReadDestinationsResult;
}

const readDestinationsIR: any = {"usedParamSet":{"since":true,"most":true,"tenants":true,"urls":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":245,"b":251},{"a":307,"b":313}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":336,"b":341},{"a":938,"b":943}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":399,"b":407}]},{"name":"urls","required":true,"transform":{"type":"scalar"},"locs":[{"a":418,"b":423}]}],"statement":"with seen as materialized (\n  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  select e.id\n  from seen\n    join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun\n  where :since!::text <> '0'\n  limit :most!\n),\noldest as materialized (\n  select e.id\n  from unnest(:tenants!::text[], :urls!::text[]) as asked (tenant, url)\n    cross join lateral (\n      select id\n      from endpoints\n      where tenant = asked.tenant and url_digest(url) = url_digest(asked.url) and url = asked.url and deleted_at is null\n      order by id\n      limit 1\n    ) e\n),\nfound as (\n  select id from changed union select id from oldest\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  extract(epoch from now())::float8 * 1000 as \"nowMs!\",\n  (select count(*) from changed) >= :most! as \"isIncomplete!\",\n  e.id as \"id?\",\n  e.version::text as \"version!\",\n  e.id in (select id from changed) as \"isChanged!\",\n  e.id in (select id from oldest) as \"isOldest!\",\n  e.tenant,\n  e.url\nfrom\n  seen\n  left join (found join endpoints e on e.id = found.id) on true"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   select e.id
 *   from seen
 *     join endpoints e on e.changed_by >= :since!::text::xid8 and e.changed_by < seen.not_begun
 *   where :since!::text <> '0'
 *   limit :most!
 * ),
 * oldest as materialized (
 *   select e.id
 *   from unnest(:tenants!::text[], :urls!::text[]) as asked (tenant, url)
 *     cross join lateral (
 *       select id
 *       from endpoints
 *       where tenant = asked.tenant and url_digest(url) = url_digest(asked.url) and url = asked.url and deleted_at is null
 *       order by id
 *       limit 1
 *     ) e
 * ),
 * found as (
 *   select id from changed union select id from oldest
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   extract(epoch from now())::float8 * 1000 as "nowMs!",
 *   (select count(*) from changed) >= :most! as "isIncomplete!",
 *   e.id as "id?",
 *   e.version::text as "version!",
 *   e.id in (select id from changed) as "isChanged!",
 *   e.id in (select id from oldest) as "isOldest!",
 *   e.tenant,
 *   e.url
 * from
 *   seen
 *   left join (found join endpoints e on e.id = found.id) on true
 * ```
 */
export const readDestinations = new PreparedQuery<IReadDestinationsParams,IReadDestinationsResult>(readDestinationsIR);


