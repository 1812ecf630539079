/** Types generated for queries found in "libs/flow/lanes/load-windows.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'LoadWindows' parameters type */
export interface ILoadWindowsParams {
  bytes: NumberOrString;
  fromSequences: NumberOrStringArray;
  laneBytes: NumberOrString;
  lanes: NumberOrStringArray;
  shards: numberArray;
  window: NumberOrString;
}

/** 'LoadWindows' return type */
export interface ILoadWindowsResult {
  attempts: number;
  attributes: Json | null;
  contentType: string;
  dueInMs: number | null;
  endpoint: number;
  entity: string;
  eventId: string;
  lane: number | null;
  payload: Buffer | null;
  replay: number;
  replayedAttempts: number;
  sequence: number | null;
  source: string | null;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'LoadWindows' query type */
export interface ILoadWindowsQuery {
  params: ILoadWindowsParams;
  result: ILoadWindowsResult;
}

const loadWindowsIR: any = {"usedParamSet":{"shards":true,"lanes":true,"fromSequences":true,"window":true,"bytes":true,"laneBytes":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":546,"b":553}]},{"name":"lanes","required":true,"transform":{"type":"scalar"},"locs":[{"a":567,"b":573}]},{"name":"fromSequences","required":true,"transform":{"type":"scalar"},"locs":[{"a":586,"b":600}]},{"name":"window","required":true,"transform":{"type":"scalar"},"locs":[{"a":974,"b":981}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1230,"b":1236}]},{"name":"laneBytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1310,"b":1320}]}],"statement":"with pending as (\n  select\n    w.nth,\n    w.lane,\n    d.event_id,\n    d.endpoint,\n    d.replay,\n    d.sequence,\n    d.attempts,\n    d.replayed_attempts,\n    d.next_attempt_at,\n    e.tenant,\n    e.entity,\n    e.type,\n    nullif(e.source, 'api') as source,\n    e.content_type,\n    e.traceparent,\n    e.attributes,\n    e.payload,\n    -- Without reading it: a large one's length stands in its row.\n    octet_length(e.payload) as bytes,\n    row_number() over of_lane as place,\n    sum(octet_length(e.payload)) over of_lane as lane_bytes\n  from unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) with ordinality as w (shard, lane, from_sequence, nth)\n    cross join lateral (\n      select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at\n      from deliveries p\n      where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'\n      order by p.sequence\n      limit :window!\n    ) d\n    join events e on e.id = d.event_id\n  window of_lane as (partition by w.nth order by d.sequence rows unbounded preceding)\n),\nwindows as (\n  select p.*, sum(p.bytes) over (order by p.nth, p.sequence rows unbounded preceding) - p.bytes < :bytes!::bigint as fits\n  from pending p\n  where p.place = 1 or p.lane_bytes <= :laneBytes!::bigint\n)\nselect\n  lane,\n  event_id as \"eventId\",\n  endpoint,\n  replay,\n  sequence,\n  attempts,\n  replayed_attempts as \"replayedAttempts\",\n  extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  tenant,\n  entity,\n  type,\n  source,\n  content_type as \"contentType\",\n  traceparent,\n  attributes,\n  case when fits then payload end as payload\nfrom windows\nwhere fits or place = 1\norder by nth, sequence"};

/**
 * Query generated from SQL:
 * ```
 * with pending as (
 *   select
 *     w.nth,
 *     w.lane,
 *     d.event_id,
 *     d.endpoint,
 *     d.replay,
 *     d.sequence,
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
 *     -- Without reading it: a large one's length stands in its row.
 *     octet_length(e.payload) as bytes,
 *     row_number() over of_lane as place,
 *     sum(octet_length(e.payload)) over of_lane as lane_bytes
 *   from unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) with ordinality as w (shard, lane, from_sequence, nth)
 *     cross join lateral (
 *       select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at
 *       from deliveries p
 *       where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'
 *       order by p.sequence
 *       limit :window!
 *     ) d
 *     join events e on e.id = d.event_id
 *   window of_lane as (partition by w.nth order by d.sequence rows unbounded preceding)
 * ),
 * windows as (
 *   select p.*, sum(p.bytes) over (order by p.nth, p.sequence rows unbounded preceding) - p.bytes < :bytes!::bigint as fits
 *   from pending p
 *   where p.place = 1 or p.lane_bytes <= :laneBytes!::bigint
 * )
 * select
 *   lane,
 *   event_id as "eventId",
 *   endpoint,
 *   replay,
 *   sequence,
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
 * from windows
 * where fits or place = 1
 * order by nth, sequence
 * ```
 */
export const loadWindows = new PreparedQuery<ILoadWindowsParams,ILoadWindowsResult>(loadWindowsIR);


