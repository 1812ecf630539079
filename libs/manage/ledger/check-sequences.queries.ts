/** Types generated for queries found in "libs/manage/ledger/check-sequences.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'CheckSequences' parameters type */
export interface ICheckSequencesParams {
  endpoints: numberArray;
  examples: number;
}

/** 'CheckSequences' return type */
export interface ICheckSequencesResult {
  endpointPublicId: string | null;
  entity: string | null;
  kind: string;
  lane: number;
  tenant: string;
  total: number;
}

/** 'CheckSequences' query type */
export interface ICheckSequencesQuery {
  params: ICheckSequencesParams;
  result: ICheckSequencesResult;
}

const checkSequencesIR: any = {"usedParamSet":{"endpoints":true,"examples":true},"params":[{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":248,"b":258},{"a":417,"b":427},{"a":721,"b":731}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1498,"b":1507}]}],"statement":"with held as (\n  select\n    lane, min(tenant) as tenant, count(*) as deliveries,\n    bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)) as fingerprint\n  from kept_deliveries\n  where lane is not null and endpoint = any(:endpoints!::integer[])\n  group by lane\n),\nretired as (\n  select r.*\n  from retired_lanes r\n    left join lanes l on l.id = r.lane\n  where coalesce(l.endpoint, 0) = any(:endpoints!::integer[])\n),\noffending as (\n  select\n    case when l.id is null then 'lane_missing' else 'lane_sequences_broken' end as kind,\n    coalesce(l.tenant, h.tenant, r.tenant) as tenant, coalesce(l.id, h.lane, r.lane) as lane, l.endpoint, l.entity\n  from (select * from lanes where endpoint = any(:endpoints!::integer[])) l\n    full join held h on h.lane = l.id\n    full join retired r on r.lane = coalesce(l.id, h.lane)\n  where\n    l.id is null\n    or l.tail_sequence <> coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0)\n    or coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0)\n      <> hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind, tenant) as total,\n    row_number() over (partition by kind, tenant order by lane) as place\n  from offending\n)\nselect\n  c.kind as \"kind!\", c.tenant as \"tenant!\", c.total as \"total!\", c.lane as \"lane!\", c.entity as \"entity?\",\n  p.public_id as \"endpointPublicId?\"\nfrom counted c\n  left join endpoints p on p.id = c.endpoint\nwhere c.place <= :examples!::integer\norder by c.kind, c.tenant, c.place"};

/**
 * Query generated from SQL:
 * ```
 * with held as (
 *   select
 *     lane, min(tenant) as tenant, count(*) as deliveries,
 *     bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)) as fingerprint
 *   from kept_deliveries
 *   where lane is not null and endpoint = any(:endpoints!::integer[])
 *   group by lane
 * ),
 * retired as (
 *   select r.*
 *   from retired_lanes r
 *     left join lanes l on l.id = r.lane
 *   where coalesce(l.endpoint, 0) = any(:endpoints!::integer[])
 * ),
 * offending as (
 *   select
 *     case when l.id is null then 'lane_missing' else 'lane_sequences_broken' end as kind,
 *     coalesce(l.tenant, h.tenant, r.tenant) as tenant, coalesce(l.id, h.lane, r.lane) as lane, l.endpoint, l.entity
 *   from (select * from lanes where endpoint = any(:endpoints!::integer[])) l
 *     full join held h on h.lane = l.id
 *     full join retired r on r.lane = coalesce(l.id, h.lane)
 *   where
 *     l.id is null
 *     or l.tail_sequence <> coalesce(h.deliveries, 0) + coalesce(r.deliveries, 0)
 *     or coalesce(h.fingerprint, 0) # coalesce(r.fingerprint, 0)
 *       <> hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)
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
export const checkSequences = new PreparedQuery<ICheckSequencesParams,ICheckSequencesResult>(checkSequencesIR);


