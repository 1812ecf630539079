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
  firstId: string;
  position: number;
  shard: number;
}

/** 'FindOpenCatchUps' query type */
export interface IFindOpenCatchUpsQuery {
  params: IFindOpenCatchUpsParams;
  result: IFindOpenCatchUpsResult;
}

const findOpenCatchUpsIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":177}]}],"statement":"select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as \"firstId!\"\nfrom catch_up_shards s\n  join catch_ups c on c.endpoint = s.endpoint\nwhere s.shard = any(:shards!::integer[]) and s.finished_at is null\norder by row_number() over (partition by s.tenant order by s.shard, s.endpoint), s.tenant"};

/**
 * Query generated from SQL:
 * ```
 * select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as "firstId!"
 * from catch_up_shards s
 *   join catch_ups c on c.endpoint = s.endpoint
 * where s.shard = any(:shards!::integer[]) and s.finished_at is null
 * order by row_number() over (partition by s.tenant order by s.shard, s.endpoint), s.tenant
 * ```
 */
export const findOpenCatchUps = new PreparedQuery<IFindOpenCatchUpsParams,IFindOpenCatchUpsResult>(findOpenCatchUpsIR);


