/** Types generated for queries found in "libs/upkeep/partitions-ensure.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'EnsurePartitions' parameters type */
export type IEnsurePartitionsParams = void;

/** 'EnsurePartitions' return type */
export interface IEnsurePartitionsResult {
  made: number | null;
}

/** 'EnsurePartitions' query type */
export interface IEnsurePartitionsQuery {
  params: IEnsurePartitionsParams;
  result: IEnsurePartitionsResult;
}

const ensurePartitionsIR: any = {"usedParamSet":{},"params":[],"statement":"select sum(ensure_partitions((now() at time zone 'utc')::date + days))::integer as made\nfrom generate_series(-1, 7) as days"};

/**
 * Query generated from SQL:
 * ```
 * select sum(ensure_partitions((now() at time zone 'utc')::date + days))::integer as made
 * from generate_series(-1, 7) as days
 * ```
 */
export const ensurePartitions = new PreparedQuery<IEnsurePartitionsParams,IEnsurePartitionsResult>(ensurePartitionsIR);


