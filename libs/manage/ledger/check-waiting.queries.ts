/** Types generated for queries found in "libs/manage/ledger/check-waiting.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'CheckWaiting' parameters type */
export interface ICheckWaitingParams {
  endpoints: numberArray;
  examples: number;
}

/** 'CheckWaiting' return type */
export interface ICheckWaitingResult {
  endpointPublicId: string | null;
  entity: string | null;
  kind: string;
  lane: number;
  tenant: string;
  total: number;
}

/** 'CheckWaiting' query type */
export interface ICheckWaitingQuery {
  params: ICheckWaitingParams;
  result: ICheckWaitingResult;
}

const checkWaitingIR: any = {"usedParamSet":{"endpoints":true,"examples":true},"params":[{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":453,"b":463},{"a":924,"b":934}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1589,"b":1598}]}],"statement":"with waiting as (\n  select\n    d.lane,\n    count(*) filter (where d.sequence <= l.closed_sequence) as replays,\n    count(*) filter (where d.sequence > l.closed_sequence) as followers,\n    bit_xor(hashint8extended(d.sequence, d.lane) # hashint8extended(d.sequence - 1, d.lane))\n      filter (where d.sequence > l.closed_sequence) as fingerprint\n  from kept_deliveries d\n    join lanes l on l.id = d.lane\n  where d.status = 'pending' and l.endpoint = any(:endpoints!::integer[])\n  group by d.lane\n),\ncompared as (\n  select\n    l.id as lane, l.tenant, l.endpoint, l.entity, l.replays <> coalesce(w.replays, 0) as replays_differ,\n    l.tail_sequence - l.closed_sequence <> coalesce(w.followers, 0)\n      or hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id) <> coalesce(w.fingerprint, 0)\n      as followers_differ\n  from lanes l\n    left join waiting w on w.lane = l.id\n  where l.endpoint = any(:endpoints!::integer[])\n),\noffending as (\n  select 'lane_closed_wrong' as kind, tenant, lane, endpoint, entity from compared where followers_differ\n  union all\n  select 'lane_replays_wrong', tenant, lane, endpoint, entity from compared where replays_differ\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind, tenant) as total,\n    row_number() over (partition by kind, tenant order by lane) as place\n  from offending\n)\nselect\n  c.kind as \"kind!\", c.tenant as \"tenant!\", c.total as \"total!\", c.lane as \"lane!\", c.entity as \"entity?\",\n  p.public_id as \"endpointPublicId?\"\nfrom counted c\n  left join endpoints p on p.id = c.endpoint\nwhere c.place <= :examples!::integer\norder by c.kind, c.tenant, c.place"};

/**
 * Query generated from SQL:
 * ```
 * with waiting as (
 *   select
 *     d.lane,
 *     count(*) filter (where d.sequence <= l.closed_sequence) as replays,
 *     count(*) filter (where d.sequence > l.closed_sequence) as followers,
 *     bit_xor(hashint8extended(d.sequence, d.lane) # hashint8extended(d.sequence - 1, d.lane))
 *       filter (where d.sequence > l.closed_sequence) as fingerprint
 *   from kept_deliveries d
 *     join lanes l on l.id = d.lane
 *   where d.status = 'pending' and l.endpoint = any(:endpoints!::integer[])
 *   group by d.lane
 * ),
 * compared as (
 *   select
 *     l.id as lane, l.tenant, l.endpoint, l.entity, l.replays <> coalesce(w.replays, 0) as replays_differ,
 *     l.tail_sequence - l.closed_sequence <> coalesce(w.followers, 0)
 *       or hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id) <> coalesce(w.fingerprint, 0)
 *       as followers_differ
 *   from lanes l
 *     left join waiting w on w.lane = l.id
 *   where l.endpoint = any(:endpoints!::integer[])
 * ),
 * offending as (
 *   select 'lane_closed_wrong' as kind, tenant, lane, endpoint, entity from compared where followers_differ
 *   union all
 *   select 'lane_replays_wrong', tenant, lane, endpoint, entity from compared where replays_differ
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind, tenant) as total,
 *     row_number() over (partition by kind, tenant order by lane) as place
 *   from offending
 * )
 * select
 *   c.kind as "kind!", c.tenant as "tenant!", c.total as "total!", c.lane as "lane!", c.entity as "entity?",
 *   p.public_id as "endpointPublicId?"
 * from counted c
 *   left join endpoints p on p.id = c.endpoint
 * where c.place <= :examples!::integer
 * order by c.kind, c.tenant, c.place
 * ```
 */
export const checkWaiting = new PreparedQuery<ICheckWaitingParams,ICheckWaitingResult>(checkWaitingIR);


