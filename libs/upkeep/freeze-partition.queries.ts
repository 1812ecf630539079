/** Types generated for queries found in "libs/upkeep/freeze-partition.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FreezePartition' parameters type */
export interface IFreezePartitionParams {
  day: string;
  frozen: boolean;
  parent: string;
}

/** 'FreezePartition' return type */
export interface IFreezePartitionResult {
  done: string | null;
}

/** 'FreezePartition' query type */
export interface IFreezePartitionQuery {
  params: IFreezePartitionParams;
  result: IFreezePartitionResult;
}

const freezePartitionIR: any = {"usedParamSet":{"parent":true,"day":true,"frozen":true},"params":[{"name":"parent","required":true,"transform":{"type":"scalar"},"locs":[{"a":24,"b":31}]},{"name":"day","required":true,"transform":{"type":"scalar"},"locs":[{"a":34,"b":38}]},{"name":"frozen","required":true,"transform":{"type":"scalar"},"locs":[{"a":53,"b":60}]}],"statement":"select freeze_partition(:parent!, :day!::text::date, :frozen!)::text as done"};

/**
 * Query generated from SQL:
 * ```
 * select freeze_partition(:parent!, :day!::text::date, :frozen!)::text as done
 * ```
 */
export const freezePartition = new PreparedQuery<IFreezePartitionParams,IFreezePartitionResult>(freezePartitionIR);


