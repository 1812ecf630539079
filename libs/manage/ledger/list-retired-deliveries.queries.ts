/** Types generated for queries found in "libs/manage/ledger/list-retired-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ListRetiredDeliveries' parameters type */
export type IListRetiredDeliveriesParams = void;

/** 'ListRetiredDeliveries' return type */
export interface IListRetiredDeliveriesResult {
  caughtUp: number;
  dead: number;
  delivered: number;
  discarded: number;
  endpoint: number;
}

/** 'ListRetiredDeliveries' query type */
export interface IListRetiredDeliveriesQuery {
  params: IListRetiredDeliveriesParams;
  result: IListRetiredDeliveriesResult;
}

const listRetiredDeliveriesIR: any = {"usedParamSet":{},"params":[],"statement":"select endpoint, delivered, dead, discarded, caught_up as \"caughtUp\" from retired_deliveries"};

/**
 * Query generated from SQL:
 * ```
 * select endpoint, delivered, dead, discarded, caught_up as "caughtUp" from retired_deliveries
 * ```
 */
export const listRetiredDeliveries = new PreparedQuery<IListRetiredDeliveriesParams,IListRetiredDeliveriesResult>(listRetiredDeliveriesIR);


