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

const checkRoutesIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1876,"b":1885}]}],"statement":"with promised as (\n  select shard, sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint\n  from kept_inbox\n  group by shard\n),\nmade as (\n  select shard, sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint\n  from kept_deliveries\n  where replay = 0\n  group by shard\n),\nsuspect as materialized (\n  select coalesce(p.shard, m.shard) as shard\n  from promised p\n    full join made m on m.shard = p.shard\n  where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)\n),\nrecounted as (\n  select i.event_id as admitted, coalesce(i.event_id, d.event_id) as event_id, d.endpoint, 0 as replay\n  from (\n      select i.event_id, i.routes\n      from suspect s\n        join kept_inbox i on i.shard = s.shard\n    ) i\n    full join (\n      select d.event_id, count(*) as routes, min(d.endpoint) as endpoint\n      from suspect s\n        join kept_deliveries d on d.shard = s.shard\n      where d.replay = 0\n      group by d.event_id\n    ) d on d.event_id = i.event_id\n  where i.event_id is null or i.routes <> coalesce(d.routes, 0)\n),\nfound as (\n  select\n    case when admitted is null then 'delivery_without_inbox' else 'routes_differ' end as kind, event_id, endpoint, replay\n  from recounted\n  union all\n  -- Replays are in no event's routes.\n  select 'delivery_without_inbox', d.event_id, min(d.endpoint), min(d.replay)\n  from kept_deliveries d\n  where d.replay <> 0 and not exists (select from inbox i where i.event_id = d.event_id)\n  group by d.event_id\n),\noffending as (\n  select distinct on (kind, event_id) *\n  from found\n  order by kind, event_id, replay\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind) as total,\n    row_number() over (partition by kind order by event_id) as place\n  from offending\n)\nselect kind as \"kind!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint?\", replay as \"replay?\"\nfrom counted\nwhere place <= :examples!::integer\norder by kind, place"};

/**
 * Query generated from SQL:
 * ```
 * with promised as (
 *   select shard, sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint
 *   from kept_inbox
 *   group by shard
 * ),
 * made as (
 *   select shard, sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint
 *   from kept_deliveries
 *   where replay = 0
 *   group by shard
 * ),
 * suspect as materialized (
 *   select coalesce(p.shard, m.shard) as shard
 *   from promised p
 *     full join made m on m.shard = p.shard
 *   where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)
 * ),
 * recounted as (
 *   select i.event_id as admitted, coalesce(i.event_id, d.event_id) as event_id, d.endpoint, 0 as replay
 *   from (
 *       select i.event_id, i.routes
 *       from suspect s
 *         join kept_inbox i on i.shard = s.shard
 *     ) i
 *     full join (
 *       select d.event_id, count(*) as routes, min(d.endpoint) as endpoint
 *       from suspect s
 *         join kept_deliveries d on d.shard = s.shard
 *       where d.replay = 0
 *       group by d.event_id
 *     ) d on d.event_id = i.event_id
 *   where i.event_id is null or i.routes <> coalesce(d.routes, 0)
 * ),
 * found as (
 *   select
 *     case when admitted is null then 'delivery_without_inbox' else 'routes_differ' end as kind, event_id, endpoint, replay
 *   from recounted
 *   union all
 *   -- Replays are in no event's routes.
 *   select 'delivery_without_inbox', d.event_id, min(d.endpoint), min(d.replay)
 *   from kept_deliveries d
 *   where d.replay <> 0 and not exists (select from inbox i where i.event_id = d.event_id)
 *   group by d.event_id
 * ),
 * offending as (
 *   select distinct on (kind, event_id) *
 *   from found
 *   order by kind, event_id, replay
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


