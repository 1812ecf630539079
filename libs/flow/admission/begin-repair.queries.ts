/** Types generated for queries found in "libs/flow/admission/begin-repair.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'BeginRepair' parameters type */
export interface IBeginRepairParams {
  shard: number;
}

/** 'BeginRepair' return type */
export interface IBeginRepairResult {
  after: number;
  before: string;
}

/** 'BeginRepair' query type */
export interface IBeginRepairQuery {
  params: IBeginRepairParams;
  result: IBeginRepairResult;
}

const beginRepairIR: any = {"usedParamSet":{"shard":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":99,"b":105}]}],"statement":"select swept_seq as \"after\", clock_timestamp()::text as \"before!\"\nfrom shard_cursors\nwhere shard = :shard!"};

/**
 * Query generated from SQL:
 * ```
 * select swept_seq as "after", clock_timestamp()::text as "before!"
 * from shard_cursors
 * where shard = :shard!
 * ```
 */
export const beginRepair = new PreparedQuery<IBeginRepairParams,IBeginRepairResult>(beginRepairIR);


