/** Types generated for queries found in "libs/lanes/src/load-deliveries.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'LoadDeliveries' parameters type */
export interface ILoadDeliveriesParams {
  endpoints: numberArray;
  eventIds: stringArray;
  replays: numberArray;
}

/** 'LoadDeliveries' return type */
export interface ILoadDeliveriesResult {
  contentType: string;
  endpoint: number;
  entity: string;
  eventId: string;
  payload: Buffer;
  replay: number;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'LoadDeliveries' query type */
export interface ILoadDeliveriesQuery {
  params: ILoadDeliveriesParams;
  result: ILoadDeliveriesResult;
}

const loadDeliveriesIR: any = {"usedParamSet":{"eventIds":true,"endpoints":true,"replays":true},"params":[{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":179}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":190,"b":200}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":214,"b":222}]}],"statement":"select\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  e.tenant,\n  e.entity,\n  e.type,\n  e.content_type as \"contentType\",\n  e.traceparent,\n  e.payload\nfrom unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as k (event_id, endpoint, replay)\n  join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay\n  join events e on e.id = d.event_id\nwhere d.status = 'pending'"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId",
 *   d.endpoint,
 *   d.replay,
 *   e.tenant,
 *   e.entity,
 *   e.type,
 *   e.content_type as "contentType",
 *   e.traceparent,
 *   e.payload
 * from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as k (event_id, endpoint, replay)
 *   join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay
 *   join events e on e.id = d.event_id
 * where d.status = 'pending'
 * ```
 */
export const loadDeliveries = new PreparedQuery<ILoadDeliveriesParams,ILoadDeliveriesResult>(loadDeliveriesIR);


