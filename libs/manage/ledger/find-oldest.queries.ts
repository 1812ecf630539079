/** Types generated for queries found in "libs/manage/ledger/find-oldest.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindOldest' parameters type */
export type IFindOldestParams = void;

/** 'FindOldest' return type */
export interface IFindOldestResult {
  endpoint: number;
  oldestAt: Date;
}

/** 'FindOldest' query type */
export interface IFindOldestQuery {
  params: IFindOldestParams;
  result: IFindOldestResult;
}

const findOldestIR: any = {"usedParamSet":{},"params":[],"statement":"select endpoint as \"endpoint!\", min(created_at) as \"oldestAt!\"\nfrom kept_deliveries\nwhere status = 'pending'\ngroup by endpoint"};

/**
 * Query generated from SQL:
 * ```
 * select endpoint as "endpoint!", min(created_at) as "oldestAt!"
 * from kept_deliveries
 * where status = 'pending'
 * group by endpoint
 * ```
 */
export const findOldest = new PreparedQuery<IFindOldestParams,IFindOldestResult>(findOldestIR);


