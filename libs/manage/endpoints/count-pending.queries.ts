/** Types generated for queries found in "libs/manage/endpoints/count-pending.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CountPending' parameters type */
export interface ICountPendingParams {
  endpoint: number;
  mostLanes: number;
}

/** 'CountPending' return type */
export interface ICountPendingResult {
  oldestAt: Date | null;
  pending: number;
}

/** 'CountPending' query type */
export interface ICountPendingQuery {
  params: ICountPendingParams;
  result: ICountPendingResult;
}

const countPendingIR: any = {"usedParamSet":{"endpoint":true,"mostLanes":true},"params":[{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":134,"b":143},{"a":723,"b":732}]},{"name":"mostLanes","required":true,"transform":{"type":"scalar"},"locs":[{"a":489,"b":499}]}],"statement":"with waiting as materialized (\n  select id, shard, tail_sequence - closed_sequence + replays as depth\n  from lanes\n  where endpoint = :endpoint! and (tail_sequence > closed_sequence or replays > 0)\n),\nheads as (\n  select h.created_at\n  from waiting w\n    cross join lateral (\n      select d.created_at\n      from deliveries d\n      where d.status = 'pending' and d.shard = w.shard and d.lane = w.id\n      order by d.sequence\n      limit 1\n    ) h\n  where (select count(*) from waiting) <= :mostLanes!::integer\n),\nunordered as (\n  select d.created_at\n  from endpoints p\n    cross join shard_leases l\n    join deliveries d on d.status = 'pending' and d.shard = l.shard and d.lane is null and d.endpoint = p.id\n  where p.id = :endpoint! and p.ordering = 'none'\n)\nselect\n  ((select coalesce(sum(depth), 0) from waiting) + (select count(*) from unordered))::bigint as \"pending!\",\n  least((select min(created_at) from heads), (select min(created_at) from unordered)) as \"oldestAt?\""};

/**
 * Query generated from SQL:
 * ```
 * with waiting as materialized (
 *   select id, shard, tail_sequence - closed_sequence + replays as depth
 *   from lanes
 *   where endpoint = :endpoint! and (tail_sequence > closed_sequence or replays > 0)
 * ),
 * heads as (
 *   select h.created_at
 *   from waiting w
 *     cross join lateral (
 *       select d.created_at
 *       from deliveries d
 *       where d.status = 'pending' and d.shard = w.shard and d.lane = w.id
 *       order by d.sequence
 *       limit 1
 *     ) h
 *   where (select count(*) from waiting) <= :mostLanes!::integer
 * ),
 * unordered as (
 *   select d.created_at
 *   from endpoints p
 *     cross join shard_leases l
 *     join deliveries d on d.status = 'pending' and d.shard = l.shard and d.lane is null and d.endpoint = p.id
 *   where p.id = :endpoint! and p.ordering = 'none'
 * )
 * select
 *   ((select coalesce(sum(depth), 0) from waiting) + (select count(*) from unordered))::bigint as "pending!",
 *   least((select min(created_at) from heads), (select min(created_at) from unordered)) as "oldestAt?"
 * ```
 */
export const countPending = new PreparedQuery<ICountPendingParams,ICountPendingResult>(countPendingIR);


