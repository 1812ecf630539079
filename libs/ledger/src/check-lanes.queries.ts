/** Types generated for queries found in "libs/ledger/src/check-lanes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'CheckLanes' parameters type */
export interface ICheckLanesParams {
  examples: number;
}

/** 'CheckLanes' return type */
export interface ICheckLanesResult {
  endpointPublicId: string | null;
  entity: string | null;
  kind: string;
  lane: number;
  total: number;
}

/** 'CheckLanes' query type */
export interface ICheckLanesQuery {
  params: ICheckLanesParams;
  result: ICheckLanesResult;
}

const checkLanesIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":2107,"b":2116}]}],"statement":"with held as materialized (\n  select\n    lane, count(*) as deliveries, bit_xor(hashint8extended(sequence, 0)) as fingerprint,\n    min(sequence) filter (where status = 'pending') as first_pending\n  from kept_deliveries\n  where lane is not null\n  group by lane\n),\nsummed as (\n  select\n    coalesce(h.lane, r.lane) as lane, h.first_pending,\n    coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0) as deliveries,\n    coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0) as fingerprint\n  from held h\n    full join retired_lanes r on r.lane = h.lane\n),\ncontiguous as (\n  select n as deliveries, bit_xor(hashint8extended(n, 0)) over (order by n) as fingerprint\n  from generate_series(\n      1::bigint,\n      (select coalesce(max(deliveries), 0) from held) + (select coalesce(max(deliveries), 0) from retired_lanes)\n    ) as n\n),\ncompared as (\n  select\n    coalesce(l.id, h.lane) as lane, l.endpoint, l.entity, l.id is null as missing, l.tail_sequence, l.closed_sequence,\n    h.first_pending, coalesce(h.deliveries, 0) as deliveries,\n    coalesce(h.fingerprint, 0) <> coalesce(c.fingerprint, 0) as broken\n  from lanes l\n    full join summed h on h.lane = l.id\n    left join contiguous c on c.deliveries = h.deliveries\n),\noffending as (\n  select 'lane_missing' as kind, lane, endpoint, entity\n  from compared\n  where missing\n  union all\n  select 'lane_sequences_broken', lane, endpoint, entity\n  from compared\n  where not missing and (broken or deliveries <> tail_sequence)\n  union all\n  select 'lane_closed_wrong', lane, endpoint, entity\n  from compared\n  where\n    not missing\n    and (\n      closed_sequence > tail_sequence\n      or first_pending is distinct from case when closed_sequence < tail_sequence then closed_sequence + 1 end\n    )\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind) as total,\n    row_number() over (partition by kind order by lane) as place\n  from offending\n)\nselect\n  c.kind as \"kind!\", c.total as \"total!\", c.lane as \"lane!\", c.entity as \"entity?\", p.public_id as \"endpointPublicId?\"\nfrom counted c\n  left join endpoints p on p.id = c.endpoint\nwhere c.place <= :examples!::integer\norder by c.kind, c.place"};

/**
 * Query generated from SQL:
 * ```
 * with held as materialized (
 *   select
 *     lane, count(*) as deliveries, bit_xor(hashint8extended(sequence, 0)) as fingerprint,
 *     min(sequence) filter (where status = 'pending') as first_pending
 *   from kept_deliveries
 *   where lane is not null
 *   group by lane
 * ),
 * summed as (
 *   select
 *     coalesce(h.lane, r.lane) as lane, h.first_pending,
 *     coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0) as deliveries,
 *     coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0) as fingerprint
 *   from held h
 *     full join retired_lanes r on r.lane = h.lane
 * ),
 * contiguous as (
 *   select n as deliveries, bit_xor(hashint8extended(n, 0)) over (order by n) as fingerprint
 *   from generate_series(
 *       1::bigint,
 *       (select coalesce(max(deliveries), 0) from held) + (select coalesce(max(deliveries), 0) from retired_lanes)
 *     ) as n
 * ),
 * compared as (
 *   select
 *     coalesce(l.id, h.lane) as lane, l.endpoint, l.entity, l.id is null as missing, l.tail_sequence, l.closed_sequence,
 *     h.first_pending, coalesce(h.deliveries, 0) as deliveries,
 *     coalesce(h.fingerprint, 0) <> coalesce(c.fingerprint, 0) as broken
 *   from lanes l
 *     full join summed h on h.lane = l.id
 *     left join contiguous c on c.deliveries = h.deliveries
 * ),
 * offending as (
 *   select 'lane_missing' as kind, lane, endpoint, entity
 *   from compared
 *   where missing
 *   union all
 *   select 'lane_sequences_broken', lane, endpoint, entity
 *   from compared
 *   where not missing and (broken or deliveries <> tail_sequence)
 *   union all
 *   select 'lane_closed_wrong', lane, endpoint, entity
 *   from compared
 *   where
 *     not missing
 *     and (
 *       closed_sequence > tail_sequence
 *       or first_pending is distinct from case when closed_sequence < tail_sequence then closed_sequence + 1 end
 *     )
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind) as total,
 *     row_number() over (partition by kind order by lane) as place
 *   from offending
 * )
 * select
 *   c.kind as "kind!", c.total as "total!", c.lane as "lane!", c.entity as "entity?", p.public_id as "endpointPublicId?"
 * from counted c
 *   left join endpoints p on p.id = c.endpoint
 * where c.place <= :examples!::integer
 * order by c.kind, c.place
 * ```
 */
export const checkLanes = new PreparedQuery<ICheckLanesParams,ICheckLanesResult>(checkLanesIR);


