/** Types generated for queries found in "libs/flow/ingest/find-dead-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'FindDeadEvents' parameters type */
export interface IFindDeadEventsParams {
  events: stringArray;
  firstId: string;
  lastId: string;
  tenant: string;
}

/** 'FindDeadEvents' return type */
export interface IFindDeadEventsResult {
  event: string;
}

/** 'FindDeadEvents' query type */
export interface IFindDeadEventsQuery {
  params: IFindDeadEventsParams;
  result: IFindDeadEventsResult;
}

const findDeadEventsIR: any = {"usedParamSet":{"events":true,"firstId":true,"lastId":true,"tenant":true},"params":[{"name":"events","required":true,"transform":{"type":"scalar"},"locs":[{"a":81,"b":88}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":122,"b":130}]},{"name":"lastId","required":true,"transform":{"type":"scalar"},"locs":[{"a":136,"b":143}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":160,"b":167}]}],"statement":"select distinct d.event_id as \"event\"\nfrom deliveries d\nwhere\n  d.event_id = any(:events!::uuid[]) and d.event_id between :firstId! and :lastId! and d.tenant = :tenant! and d.status = 'dead'"};

/**
 * Query generated from SQL:
 * ```
 * select distinct d.event_id as "event"
 * from deliveries d
 * where
 *   d.event_id = any(:events!::uuid[]) and d.event_id between :firstId! and :lastId! and d.tenant = :tenant! and d.status = 'dead'
 * ```
 */
export const findDeadEvents = new PreparedQuery<IFindDeadEventsParams,IFindDeadEventsResult>(findDeadEventsIR);


