/** Types generated for queries found in "libs/flow/operations/find-marked-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'FindMarkedLanes' parameters type */
export interface IFindMarkedLanesParams {
  shards: numberArray;
  sinceMs: number;
  withinMs: number;
}

/** 'FindMarkedLanes' return type */
export interface IFindMarkedLanesResult {
  changedAtMs: number | null;
  halted: boolean | null;
  lane: number;
  paused: boolean;
  shard: number;
  skips: boolean | null;
}

/** 'FindMarkedLanes' query type */
export interface IFindMarkedLanesQuery {
  params: IFindMarkedLanesParams;
  result: IFindMarkedLanesResult;
}

const findMarkedLanesIR: any = {"usedParamSet":{"shards":true,"sinceMs":true,"withinMs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":64,"b":71},{"a":256,"b":263}]},{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":125,"b":133}]},{"name":"withinMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":160,"b":169}]}],"statement":"with marked as (\n  select id from lanes\n  where\n    shard = any(:shards!::integer[])\n    and marked_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')\n  union\n  select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null\n)\nselect\n  l.id as lane,\n  l.shard,\n  l.paused,\n  l.halted_sequence is not null as \"halted\",\n  l.skip_sequence is not null as \"skips\",\n  extract(epoch from l.marked_at)::float8 * 1000 as \"changedAtMs\"\nfrom marked m\n  join lanes l on l.id = m.id"};

/**
 * Query generated from SQL:
 * ```
 * with marked as (
 *   select id from lanes
 *   where
 *     shard = any(:shards!::integer[])
 *     and marked_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
 *   union
 *   select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null
 * )
 * select
 *   l.id as lane,
 *   l.shard,
 *   l.paused,
 *   l.halted_sequence is not null as "halted",
 *   l.skip_sequence is not null as "skips",
 *   extract(epoch from l.marked_at)::float8 * 1000 as "changedAtMs"
 * from marked m
 *   join lanes l on l.id = m.id
 * ```
 */
export const findMarkedLanes = new PreparedQuery<IFindMarkedLanesParams,IFindMarkedLanesResult>(findMarkedLanesIR);


