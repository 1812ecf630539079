/** Types generated for queries found in "libs/flow/catch-up/find-open-catch-ups.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'FindOpenCatchUps' parameters type */
export interface IFindOpenCatchUpsParams {
  shards: numberArray;
}

/** 'FindOpenCatchUps' return type */
export interface IFindOpenCatchUpsResult {
  endpoint: number;
  position: number;
  shard: number;
}

/** 'FindOpenCatchUps' query type */
export interface IFindOpenCatchUpsQuery {
  params: IFindOpenCatchUpsParams;
  result: IFindOpenCatchUpsResult;
}

const findOpenCatchUpsIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":82,"b":89}]}],"statement":"select s.endpoint, s.shard, s.position\nfrom catch_up_shards s\nwhere s.shard = any(:shards!::integer[]) and s.finished_at is null\norder by row_number() over (partition by s.tenant order by s.shard, s.endpoint), s.tenant"};

/**
 * Query generated from SQL:
 * ```
 * select s.endpoint, s.shard, s.position
 * from catch_up_shards s
 * where s.shard = any(:shards!::integer[]) and s.finished_at is null
 * order by row_number() over (partition by s.tenant order by s.shard, s.endpoint), s.tenant
 * ```
 */
export const findOpenCatchUps = new PreparedQuery<IFindOpenCatchUpsParams,IFindOpenCatchUpsResult>(findOpenCatchUpsIR);


