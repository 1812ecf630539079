/** Types generated for queries found in "libs/ledger/src/list-retired.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

/** 'ListRetiredEvents' parameters type */
export type IListRetiredEventsParams = void;

/** 'ListRetiredEvents' return type */
export interface IListRetiredEventsResult {
  events: number;
  tenant: string;
}

/** 'ListRetiredEvents' query type */
export interface IListRetiredEventsQuery {
  params: IListRetiredEventsParams;
  result: IListRetiredEventsResult;
}

const listRetiredEventsIR: any = {"usedParamSet":{},"params":[],"statement":"select tenant, events from retired_events                                          "};

/**
 * Query generated from SQL:
 * ```
 * select tenant, events from retired_events                                          
 * ```
 */
export const listRetiredEvents = new PreparedQuery<IListRetiredEventsParams,IListRetiredEventsResult>(listRetiredEventsIR);


/** 'ListRetiredDeliveries' parameters type */
export type IListRetiredDeliveriesParams = void;

/** 'ListRetiredDeliveries' return type */
export interface IListRetiredDeliveriesResult {
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

const listRetiredDeliveriesIR: any = {"usedParamSet":{},"params":[],"statement":"select endpoint, delivered, dead, discarded from retired_deliveries"};

/**
 * Query generated from SQL:
 * ```
 * select endpoint, delivered, dead, discarded from retired_deliveries
 * ```
 */
export const listRetiredDeliveries = new PreparedQuery<IListRetiredDeliveriesParams,IListRetiredDeliveriesResult>(listRetiredDeliveriesIR);


