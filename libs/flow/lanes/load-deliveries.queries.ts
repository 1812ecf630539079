/** Types generated for queries found in "libs/flow/lanes/load-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'LoadDeliveries' parameters type */
export interface ILoadDeliveriesParams {
  bytes: NumberOrString;
  endpoints: numberArray;
  eventIds: stringArray;
  replays: numberArray;
}

/** 'LoadDeliveries' return type */
export interface ILoadDeliveriesResult {
  attempts: number;
  attributes: Json | null;
  contentType: string;
  dueInMs: number | null;
  endpoint: number;
  entity: string;
  eventId: string;
  payload: Buffer | null;
  replay: number;
  replayedAttempts: number;
  source: string | null;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'LoadDeliveries' query type */
export interface ILoadDeliveriesQuery {
  params: ILoadDeliveriesParams;
  result: ILoadDeliveriesResult;
}

const loadDeliveriesIR: any = {"usedParamSet":{"bytes":true,"eventIds":true,"endpoints":true,"replays":true},"params":[{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":407,"b":413}]},{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":445,"b":454}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":465,"b":475}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":489,"b":497}]}],"statement":"with pending as (\n  select\n    k.nth,\n    d.event_id,\n    d.endpoint,\n    d.replay,\n    d.attempts,\n    d.replayed_attempts,\n    d.next_attempt_at,\n    e.tenant,\n    e.entity,\n    e.type,\n    nullif(e.source, 'api') as source,\n    e.content_type,\n    e.traceparent,\n    e.attributes,\n    e.payload,\n    sum(octet_length(e.payload)) over (order by k.nth rows unbounded preceding) - octet_length(e.payload) < :bytes!::bigint as fits\n  from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality as k (event_id, endpoint, replay, nth)\n    join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay\n    join events e on e.id = d.event_id\n  where d.status = 'pending'\n)\nselect\n  event_id as \"eventId\",\n  endpoint,\n  replay,\n  attempts,\n  replayed_attempts as \"replayedAttempts\",\n  extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  tenant,\n  entity,\n  type,\n  source,\n  content_type as \"contentType\",\n  traceparent,\n  attributes,\n  case when fits then payload end as payload\nfrom pending\norder by nth"};

/**
 * Query generated from SQL:
 * ```
 * with pending as (
 *   select
 *     k.nth,
 *     d.event_id,
 *     d.endpoint,
 *     d.replay,
 *     d.attempts,
 *     d.replayed_attempts,
 *     d.next_attempt_at,
 *     e.tenant,
 *     e.entity,
 *     e.type,
 *     nullif(e.source, 'api') as source,
 *     e.content_type,
 *     e.traceparent,
 *     e.attributes,
 *     e.payload,
 *     sum(octet_length(e.payload)) over (order by k.nth rows unbounded preceding) - octet_length(e.payload) < :bytes!::bigint as fits
 *   from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality as k (event_id, endpoint, replay, nth)
 *     join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay
 *     join events e on e.id = d.event_id
 *   where d.status = 'pending'
 * )
 * select
 *   event_id as "eventId",
 *   endpoint,
 *   replay,
 *   attempts,
 *   replayed_attempts as "replayedAttempts",
 *   extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
 *   tenant,
 *   entity,
 *   type,
 *   source,
 *   content_type as "contentType",
 *   traceparent,
 *   attributes,
 *   case when fits then payload end as payload
 * from pending
 * order by nth
 * ```
 */
export const loadDeliveries = new PreparedQuery<ILoadDeliveriesParams,ILoadDeliveriesResult>(loadDeliveriesIR);


