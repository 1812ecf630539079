/** Types generated for queries found in "libs/flow/event-types/load-event-types.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'LoadEventTypes' parameters type */
export interface ILoadEventTypesParams {
  after: number;
  limit: NumberOrString;
  since: string;
}

/** 'LoadEventTypes' return type */
export interface ILoadEventTypesResult {
  changedBy: string;
  deleted: boolean;
  id: number | null;
  isChecked: boolean;
  name: string;
  server: string;
  snapshot: string;
  tenant: string;
  version: number;
}

/** 'LoadEventTypes' query type */
export interface ILoadEventTypesQuery {
  params: ILoadEventTypesParams;
  result: ILoadEventTypesResult;
}

const loadEventTypesIR: any = {"usedParamSet":{"since":true,"after":true,"limit":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":96},{"a":430,"b":436}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":533,"b":539}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":559,"b":565}]}],"statement":"with seen as materialized (\n  select\n    pg_snapshot_xmin(taken) as oldest_open,\n    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun\n  from pg_current_snapshot() as taken\n),\n-- Materialized: with the page's limit, the planner would walk all event types in the order of their ids.\nchanged as materialized (\n  select t.id\n  from seen join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun\n),\npage as (\n  select id from changed where id > :after! order by id limit :limit!\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  t.id as \"id?\",\n  t.tenant,\n  t.name,\n  t.version,\n  t.changed_by::text as \"changedBy!\",\n  t.deleted_at is not null as \"deleted!\",\n  t.enforce = 'reject' and t.schema is not null as \"isChecked!\"\nfrom seen left join (page join event_types t on t.id = page.id) on true\norder by t.id"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select
 *     pg_snapshot_xmin(taken) as oldest_open,
 *     case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
 *   from pg_current_snapshot() as taken
 * ),
 * -- Materialized: with the page's limit, the planner would walk all event types in the order of their ids.
 * changed as materialized (
 *   select t.id
 *   from seen join event_types t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
 * ),
 * page as (
 *   select id from changed where id > :after! order by id limit :limit!
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   t.id as "id?",
 *   t.tenant,
 *   t.name,
 *   t.version,
 *   t.changed_by::text as "changedBy!",
 *   t.deleted_at is not null as "deleted!",
 *   t.enforce = 'reject' and t.schema is not null as "isChecked!"
 * from seen left join (page join event_types t on t.id = page.id) on true
 * order by t.id
 * ```
 */
export const loadEventTypes = new PreparedQuery<ILoadEventTypesParams,ILoadEventTypesResult>(loadEventTypesIR);


