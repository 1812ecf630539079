/** Types generated for queries found in "libs/manage/events/event-exists.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'EventExists' parameters type */
export interface IEventExistsParams {
  id: string;
  tenant: string;
}

/** 'EventExists' return type */
export interface IEventExistsResult {
  exists: boolean;
}

/** 'EventExists' query type */
export interface IEventExistsQuery {
  params: IEventExistsParams;
  result: IEventExistsResult;
}

const eventExistsIR: any = {"usedParamSet":{"id":true,"tenant":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":48,"b":51}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":73}]}],"statement":"select true as \"exists!\" from events where id = :id! and tenant = :tenant!"};

/**
 * Query generated from SQL:
 * ```
 * select true as "exists!" from events where id = :id! and tenant = :tenant!
 * ```
 */
export const eventExists = new PreparedQuery<IEventExistsParams,IEventExistsResult>(eventExistsIR);


