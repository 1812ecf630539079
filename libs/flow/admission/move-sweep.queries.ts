/** Types generated for queries found in "libs/flow/admission/move-sweep.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'MoveSweep' parameters type */
export interface IMoveSweepParams {
  epoch: NumberOrString;
  shard: number;
  sweptSeq: NumberOrString;
}

/** 'MoveSweep' return type */
export type IMoveSweepResult = void;

/** 'MoveSweep' query type */
export interface IMoveSweepQuery {
  params: IMoveSweepParams;
  result: IMoveSweepResult;
}

const moveSweepIR: any = {"usedParamSet":{"shard":true,"epoch":true,"sweptSeq":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":75}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":97}]},{"name":"sweptSeq","required":true,"transform":{"type":"scalar"},"locs":[{"a":176,"b":185}]}],"statement":"with fence as (\n  select l.shard from shard_leases l where l.shard = :shard! and l.epoch = :epoch! for key share\n)\nupdate shard_cursors c\nset swept_seq = greatest(c.swept_seq, :sweptSeq!::bigint)\nfrom fence f\nwhere c.shard = f.shard"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   select l.shard from shard_leases l where l.shard = :shard! and l.epoch = :epoch! for key share
 * )
 * update shard_cursors c
 * set swept_seq = greatest(c.swept_seq, :sweptSeq!::bigint)
 * from fence f
 * where c.shard = f.shard
 * ```
 */
export const moveSweep = new PreparedQuery<IMoveSweepParams,IMoveSweepResult>(moveSweepIR);


