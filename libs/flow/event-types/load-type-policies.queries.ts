/** Types generated for queries found in "libs/flow/event-types/load-type-policies.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'LoadTypePolicies' parameters type */
export interface ILoadTypePoliciesParams {
  after: string;
  limit: NumberOrString;
  since: string;
}

/** 'LoadTypePolicies' return type */
export interface ILoadTypePoliciesResult {
  id: string | null;
  refusesUnknown: boolean;
  server: string;
  snapshot: string;
}

/** 'LoadTypePolicies' query type */
export interface ILoadTypePoliciesQuery {
  params: ILoadTypePoliciesParams;
  result: ILoadTypePoliciesResult;
}

const loadTypePoliciesIR: any = {"usedParamSet":{"since":true,"after":true,"limit":true},"params":[{"name":"since","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":96},{"a":345,"b":351},{"a":407,"b":413}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":527,"b":533}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":559,"b":565}]}],"statement":"with seen as materialized (\n  select\n    pg_snapshot_xmin(taken) as oldest_open,\n    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun\n  from pg_current_snapshot() as taken\n),\nchanged as materialized (\n  select t.id, t.refuses_unknown_types\n  from seen join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun\n  where :since!::text <> '0' or t.refuses_unknown_types\n),\npage as (\n  select id, refuses_unknown_types from changed where id > :after!::text order by id limit :limit!\n)\nselect\n  pg_postmaster_start_time()::text as \"server!\",\n  seen.oldest_open::text as \"snapshot!\",\n  page.id as \"id?\",\n  page.refuses_unknown_types as \"refusesUnknown!\"\nfrom seen left join page on true\norder by page.id"};

/**
 * Query generated from SQL:
 * ```
 * with seen as materialized (
 *   select
 *     pg_snapshot_xmin(taken) as oldest_open,
 *     case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
 *   from pg_current_snapshot() as taken
 * ),
 * changed as materialized (
 *   select t.id, t.refuses_unknown_types
 *   from seen join tenants t on t.changed_by >= :since!::text::xid8 and t.changed_by < seen.not_begun
 *   where :since!::text <> '0' or t.refuses_unknown_types
 * ),
 * page as (
 *   select id, refuses_unknown_types from changed where id > :after!::text order by id limit :limit!
 * )
 * select
 *   pg_postmaster_start_time()::text as "server!",
 *   seen.oldest_open::text as "snapshot!",
 *   page.id as "id?",
 *   page.refuses_unknown_types as "refusesUnknown!"
 * from seen left join page on true
 * order by page.id
 * ```
 */
export const loadTypePolicies = new PreparedQuery<ILoadTypePoliciesParams,ILoadTypePoliciesResult>(loadTypePoliciesIR);


