/** Types generated for queries found in "libs/ledger/src/check-routes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'CheckRoutes' parameters type */
export interface ICheckRoutesParams {
  examples: number;
}

/** 'CheckRoutes' return type */
export interface ICheckRoutesResult {
  endpoint: number | null;
  eventId: string;
  kind: string;
  replay: number | null;
  total: number;
}

/** 'CheckRoutes' query type */
export interface ICheckRoutesQuery {
  params: ICheckRoutesParams;
  result: ICheckRoutesResult;
}

const checkRoutesIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":799,"b":808}]}],"statement":"with offending as (\n  select\n    case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,\n    coalesce(i.event_id, d.event_id) as event_id, d.endpoint, d.replay\n  from inbox i\n    full join (\n      select event_id, count(*) filter (where replay = 0) as routes, min(endpoint) as endpoint, min(replay) as replay\n      from deliveries\n      group by event_id\n    ) d on d.event_id = i.event_id\n  where i.event_id is null or i.routes <> coalesce(d.routes, 0)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind) as total,\n    row_number() over (partition by kind order by event_id) as place\n  from offending\n)\nselect kind as \"kind!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint?\", replay as \"replay?\"\nfrom counted\nwhere place <= :examples!::integer\norder by kind, place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select
 *     case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,
 *     coalesce(i.event_id, d.event_id) as event_id, d.endpoint, d.replay
 *   from inbox i
 *     full join (
 *       select event_id, count(*) filter (where replay = 0) as routes, min(endpoint) as endpoint, min(replay) as replay
 *       from deliveries
 *       group by event_id
 *     ) d on d.event_id = i.event_id
 *   where i.event_id is null or i.routes <> coalesce(d.routes, 0)
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind) as total,
 *     row_number() over (partition by kind order by event_id) as place
 *   from offending
 * )
 * select kind as "kind!", total as "total!", event_id as "eventId!", endpoint as "endpoint?", replay as "replay?"
 * from counted
 * where place <= :examples!::integer
 * order by kind, place
 * ```
 */
export const checkRoutes = new PreparedQuery<ICheckRoutesParams,ICheckRoutesResult>(checkRoutesIR);


