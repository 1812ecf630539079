/** Types generated for queries found in "libs/lanes/src/find-marked-lanes.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

export type numberArray = (number)[];

/** 'FindMarkedLanes' parameters type */
export interface IFindMarkedLanesParams {
  shards: numberArray;
  sinceMs: number;
}

/** 'FindMarkedLanes' return type */
export interface IFindMarkedLanesResult {
  halted: boolean | null;
  lane: number;
  markedAtMs: number | null;
  paused: boolean;
  shard: number;
  skips: boolean | null;
}

/** 'FindMarkedLanes' query type */
export interface IFindMarkedLanesQuery {
  params: IFindMarkedLanesParams;
  result: IFindMarkedLanesResult;
}

const findMarkedLanesIR: any = {"usedParamSet":{"shards":true,"sinceMs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":58,"b":65},{"a":184,"b":191}]},{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":109,"b":117}]}],"statement":"with marked as (\n  select id from lanes where shard = any(:shards!::integer[]) and marked_at >= to_timestamp(:sinceMs!::float8 / 1000)\n  union\n  select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null\n)\nselect\n  l.id as lane,\n  l.shard,\n  l.paused,\n  l.halted_sequence is not null as \"halted\",\n  l.skip_sequence is not null as \"skips\",\n  extract(epoch from l.marked_at)::float8 * 1000 as \"markedAtMs\"\nfrom marked m\n  join lanes l on l.id = m.id"};

/**
 * Query generated from SQL:
 * ```
 * with marked as (
 *   select id from lanes where shard = any(:shards!::integer[]) and marked_at >= to_timestamp(:sinceMs!::float8 / 1000)
 *   union
 *   select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null
 * )
 * select
 *   l.id as lane,
 *   l.shard,
 *   l.paused,
 *   l.halted_sequence is not null as "halted",
 *   l.skip_sequence is not null as "skips",
 *   extract(epoch from l.marked_at)::float8 * 1000 as "markedAtMs"
 * from marked m
 *   join lanes l on l.id = m.id
 * ```
 */
export const findMarkedLanes = new PreparedQuery<IFindMarkedLanesParams,IFindMarkedLanesResult>(findMarkedLanesIR);


