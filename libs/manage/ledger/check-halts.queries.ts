/** Types generated for queries found in "libs/manage/ledger/check-halts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckHalts' parameters type */
export interface ICheckHaltsParams {
  examples: number;
}

/** 'CheckHalts' return type */
export interface ICheckHaltsResult {
  endpointPublicId: string | null;
  entity: string | null;
  kind: string;
  lane: number;
  tenant: string;
  total: number;
}

/** 'CheckHalts' query type */
export interface ICheckHaltsQuery {
  params: ICheckHaltsParams;
  result: ICheckHaltsResult;
}

const checkHaltsIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":864,"b":873}]}],"statement":"with offending as (\n  select l.id as lane, l.tenant, l.endpoint, l.entity\n  from lanes l\n  where\n    l.halted_sequence is not null\n    and (\n      l.halted_sequence > l.closed_sequence\n      or not exists (\n        select from deliveries d\n        where\n          -- As the index on dead letters has it.\n          d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence\n          and d.status = 'dead'\n      )\n    )\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by lane) as place\n  from offending\n)\nselect\n  'lane_halt_wrong' as \"kind!\", c.tenant as \"tenant!\", c.total as \"total!\", c.lane as \"lane!\", c.entity as \"entity?\",\n  p.public_id as \"endpointPublicId?\"\nfrom counted c\n  left join endpoints p on p.id = c.endpoint\nwhere c.place <= :examples!::integer\norder by c.tenant, c.place"};

/**
 * Query generated from SQL:
 * ```
 * with offending as (
 *   select l.id as lane, l.tenant, l.endpoint, l.entity
 *   from lanes l
 *   where
 *     l.halted_sequence is not null
 *     and (
 *       l.halted_sequence > l.closed_sequence
 *       or not exists (
 *         select from deliveries d
 *         where
 *           -- As the index on dead letters has it.
 *           d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence
 *           and d.status = 'dead'
 *       )
 *     )
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by lane) as place
 *   from offending
 * )
 * select
 *   'lane_halt_wrong' as "kind!", c.tenant as "tenant!", c.total as "total!", c.lane as "lane!", c.entity as "entity?",
 *   p.public_id as "endpointPublicId?"
 * from counted c
 *   left join endpoints p on p.id = c.endpoint
 * where c.place <= :examples!::integer
 * order by c.tenant, c.place
 * ```
 */
export const checkHalts = new PreparedQuery<ICheckHaltsParams,ICheckHaltsResult>(checkHaltsIR);


