/** Types generated for queries found in "libs/lanes/src/find-marked-lanes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

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

const findMarkedLanesIR: any = {"usedParamSet":{"shards":true,"sinceMs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":217,"b":224}]},{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":297,"b":305}]}],"statement":"select\n  id as lane,\n  shard,\n  paused,\n  halted_sequence is not null as \"halted\",\n  skip_sequence is not null as \"skips\",\n  extract(epoch from marked_at)::float8 * 1000 as \"markedAtMs\"\nfrom lanes\nwhere\n  shard = any(:shards!::integer[]) and marked_at is not null\n  and (marked_at >= to_timestamp(:sinceMs!::float8 / 1000) or skip_sequence is not null)"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id as lane,
 *   shard,
 *   paused,
 *   halted_sequence is not null as "halted",
 *   skip_sequence is not null as "skips",
 *   extract(epoch from marked_at)::float8 * 1000 as "markedAtMs"
 * from lanes
 * where
 *   shard = any(:shards!::integer[]) and marked_at is not null
 *   and (marked_at >= to_timestamp(:sinceMs!::float8 / 1000) or skip_sequence is not null)
 * ```
 */
export const findMarkedLanes = new PreparedQuery<IFindMarkedLanesParams,IFindMarkedLanesResult>(findMarkedLanesIR);


