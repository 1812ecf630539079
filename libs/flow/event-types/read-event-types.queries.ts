/** Types generated for queries found in "libs/flow/event-types/read-event-types.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadEventTypes' parameters type */
export interface IReadEventTypesParams {
  most: NumberOrString;
  names: stringArray;
  since: string;
  tenants: stringArray;
}

/** 'ReadEventTypes' return type */
export interface IReadEventTypesResult {
  id: number | null;
  isChanged: boolean;
  isChecked: boolean;
  isDeleted: boolean;
  isIncomplete: boolean;
  name: string;
  nowMs: number;
  server: string;
  snapshot: string;
  tenant: string;
  version: string;
}

/** 'ReadEventTypes' query type */
export interface IReadEventTypesQuery {
  params: IReadEventTypesParams;
  result: IReadEventTypesResult;
}

const readEventTypesIR: any = {"usedParamSet":{"since":true,"most":true,"tenants":true,"names":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":247,"b":253},{"a":309,"b":315}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":338,"b":343},{"a":745,"b":750}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":420,"b":428}]},{"name":"names","required":true,"transform":{"type":"scalar"},"locs":[{"a":439,"b":445}]}],"statement":"with seen as materialized (\n  select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  select t.id\n  from seen\n    join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun\n  where :since!::text <> '0'\n  limit :most!\n),\nfound as (\n  select id from changed\n  union\n  select t.id\n  from unnest(:tenants!::text[], :names!::text[]) as asked (tenant, name)\n    join event_types t on t.tenant = asked.tenant and t.name = asked.name\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  extract(epoch from now())::float8 * 1000 as \"nowMs!\",\n  (select count(*) from changed) >= :most! as \"isIncomplete!\",\n  t.id as \"id?\",\n  t.changed_by::text as \"version!\",\n  t.id in (select id from changed) as \"isChanged!\",\n  t.tenant,\n  t.name,\n  t.deleted_at is not null as \"isDeleted!\",\n  t.enforce = 'reject' and t.schema is not null as \"isChecked!\"\nfrom\n  seen\n  left join (found join event_types t on t.id = found.id) on true"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select pg_snapshot_xmin(taken) as oldest_open, pg_snapshot_xmax(taken) as not_begun from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   select t.id
 *   from seen
 *     join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
 *   where :since!::text <> '0'
 *   limit :most!
 * ),
 * found as (
 *   select id from changed
 *   union
 *   select t.id
 *   from unnest(:tenants!::text[], :names!::text[]) as asked (tenant, name)
 *     join event_types t on t.tenant = asked.tenant and t.name = asked.name
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   extract(epoch from now())::float8 * 1000 as "nowMs!",
 *   (select count(*) from changed) >= :most! as "isIncomplete!",
 *   t.id as "id?",
 *   t.changed_by::text as "version!",
 *   t.id in (select id from changed) as "isChanged!",
 *   t.tenant,
 *   t.name,
 *   t.deleted_at is not null as "isDeleted!",
 *   t.enforce = 'reject' and t.schema is not null as "isChecked!"
 * from
 *   seen
 *   left join (found join event_types t on t.id = found.id) on true
 * ```
 */
export const readEventTypes = new PreparedQuery<IReadEventTypesParams,IReadEventTypesResult>(readEventTypesIR);


