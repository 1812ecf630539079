/** Types generated for queries found in "libs/manage/ledger/list-retired-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

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

const listRetiredEventsIR: any = {"usedParamSet":{},"params":[],"statement":"select tenant, events from retired_events"};

/**
 * Query generated from SQL:
 * ```
 * select tenant, events from retired_events
 * ```
 */
export const listRetiredEvents = new PreparedQuery<IListRetiredEventsParams,IListRetiredEventsResult>(listRetiredEventsIR);


