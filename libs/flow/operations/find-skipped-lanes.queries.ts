/** Types generated for queries found in "libs/flow/operations/find-skipped-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'FindSkippedLanes' parameters type */
export interface IFindSkippedLanesParams {
  limit: NumberOrString;
  shards: numberArray;
}

/** 'FindSkippedLanes' return type */
export interface IFindSkippedLanesResult {
  lane: number;
  shard: number;
}

/** 'FindSkippedLanes' query type */
export interface IFindSkippedLanesQuery {
  params: IFindSkippedLanesParams;
  result: IFindSkippedLanesResult;
}

const findSkippedLanesIR: any = {"usedParamSet":{"shards":true,"limit":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":54,"b":61}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":111,"b":117}]}],"statement":"select id as lane, shard\nfrom lanes\nwhere shard = any(:shards!::integer[]) and skip_sequence is not null\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select id as lane, shard
 * from lanes
 * where shard = any(:shards!::integer[]) and skip_sequence is not null
 * limit :limit!
 * ```
 */
export const findSkippedLanes = new PreparedQuery<IFindSkippedLanesParams,IFindSkippedLanesResult>(findSkippedLanesIR);


