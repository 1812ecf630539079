/** Types generated for queries found in "libs/lanes/src/load-deliveries.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

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
  attempts: number;
  contentType: string;
  dueInMs: number | null;
  endpoint: number;
  entity: string;
  eventId: string;
  payload: Buffer;
  replay: number;
  replayedAttempts: number;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'LoadDeliveries' query type */
export interface ILoadDeliveriesQuery {
  params: ILoadDeliveriesParams;
  result: ILoadDeliveriesResult;
}

const loadDeliveriesIR: any = {"usedParamSet":{"eventIds":true,"endpoints":true,"replays":true},"params":[{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":318,"b":327}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":338,"b":348}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":362,"b":370}]}],"statement":"select\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  d.attempts,\n  d.replayed_attempts as \"replayedAttempts\",\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  e.tenant,\n  e.entity,\n  e.type,\n  e.content_type as \"contentType\",\n  e.traceparent,\n  e.payload\nfrom unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as k (event_id, endpoint, replay)\n  join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay\n  join events e on e.id = d.event_id\nwhere d.status = 'pending'"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId",
 *   d.endpoint,
 *   d.replay,
 *   d.attempts,
 *   d.replayed_attempts as "replayedAttempts",
 *   extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
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


