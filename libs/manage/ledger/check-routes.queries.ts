/** Types generated for queries found in "libs/manage/ledger/check-routes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckRoutes' parameters type */
export interface ICheckRoutesParams {
  examples: number;
  from: string;
  to: string;
}

/** 'CheckRoutes' return type */
export interface ICheckRoutesResult {
  endpoint: number | null;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'CheckRoutes' query type */
export interface ICheckRoutesQuery {
  params: ICheckRoutesParams;
  result: ICheckRoutesResult;
}

const checkRoutesIR: any = {"usedParamSet":{"from":true,"to":true,"examples":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":301,"b":306},{"a":539,"b":544}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":329,"b":332},{"a":567,"b":570}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1045,"b":1054}]}],"statement":"with offending as (\n  select\n    case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,\n    coalesce(i.event_id, d.event_id) as event_id, coalesce(i.tenant, d.tenant) as tenant, d.endpoint\n  from (select event_id, tenant, routes from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i\n    full join (\n      select event_id, min(tenant) as tenant, count(*) as routes, min(endpoint) as endpoint\n      from kept_deliveries\n      where replay = 0 and caught_up is null and event_id >= :from!::uuid and event_id < :to!::uuid\n      group by event_id\n    ) d on d.event_id = i.event_id\n  where i.event_id is null or i.routes <> coalesce(d.routes, 0)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind, tenant) as total,\n    row_number() over (partition by kind, tenant order by event_id) as place\n  from offending\n)\nselect\n  kind as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint?\",\n  0 as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by kind, tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select
 *     case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,
 *     coalesce(i.event_id, d.event_id) as event_id, coalesce(i.tenant, d.tenant) as tenant, d.endpoint
 *   from (select event_id, tenant, routes from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i
 *     full join (
 *       select event_id, min(tenant) as tenant, count(*) as routes, min(endpoint) as endpoint
 *       from kept_deliveries
 *       where replay = 0 and caught_up is null and event_id >= :from!::uuid and event_id < :to!::uuid
 *       group by event_id
 *     ) d on d.event_id = i.event_id
 *   where i.event_id is null or i.routes <> coalesce(d.routes, 0)
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind, tenant) as total,
 *     row_number() over (partition by kind, tenant order by event_id) as place
 *   from offending
 * )
 * select
 *   kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint?",
 *   0 as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by kind, tenant, place
 * ```
 */
export const checkRoutes = new PreparedQuery<ICheckRoutesParams,ICheckRoutesResult>(checkRoutesIR);


