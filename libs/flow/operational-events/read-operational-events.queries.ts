/** Types generated for queries found in "libs/flow/operational-events/read-operational-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'ReadOperationalEvents' parameters type */
export interface IReadOperationalEventsParams {
  limit: NumberOrString;
}

/** 'ReadOperationalEvents' return type */
export interface IReadOperationalEventsResult {
  at: Date;
  data: Json;
  entity: string;
  id: number;
  tenant: string;
  type: string;
}

/** 'ReadOperationalEvents' query type */
export interface IReadOperationalEventsQuery {
  params: IReadOperationalEventsParams;
  result: IReadOperationalEventsResult;
}

const readOperationalEventsIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":84,"b":90}]}],"statement":"select id, tenant, type, entity, data, at\nfrom operational_events\norder by id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select id, tenant, type, entity, data, at
 * from operational_events
 * order by id
 * limit :limit!
 * ```
 */
export const readOperationalEvents = new PreparedQuery<IReadOperationalEventsParams,IReadOperationalEventsResult>(readOperationalEventsIR);


