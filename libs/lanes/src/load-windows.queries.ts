/** Types generated for queries found in "libs/lanes/src/load-windows.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'LoadWindows' parameters type */
export interface ILoadWindowsParams {
  fromSequences: NumberOrStringArray;
  lanes: NumberOrStringArray;
  shards: numberArray;
  window: NumberOrString;
}

/** 'LoadWindows' return type */
export interface ILoadWindowsResult {
  attempts: number;
  contentType: string;
  dueInMs: number | null;
  endpoint: number;
  entity: string;
  eventId: string;
  lane: number | null;
  payload: Buffer;
  replay: number;
  replayedAttempts: number;
  sequence: number | null;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'LoadWindows' query type */
export interface ILoadWindowsQuery {
  params: ILoadWindowsParams;
  result: ILoadWindowsResult;
}

const loadWindowsIR: any = {"usedParamSet":{"shards":true,"lanes":true,"fromSequences":true,"window":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":342,"b":349}]},{"name":"lanes","required":true,"transform":{"type":"scalar"},"locs":[{"a":363,"b":369}]},{"name":"fromSequences","required":true,"transform":{"type":"scalar"},"locs":[{"a":382,"b":396}]},{"name":"window","required":true,"transform":{"type":"scalar"},"locs":[{"a":737,"b":744}]}],"statement":"select\n  w.lane,\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  d.sequence,\n  d.attempts,\n  d.replayed_attempts as \"replayedAttempts\",\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  e.tenant,\n  e.entity,\n  e.type,\n  e.content_type as \"contentType\",\n  e.traceparent,\n  e.payload\nfrom unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) as w (shard, lane, from_sequence)\n  cross join lateral (\n    select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at\n    from deliveries p\n    where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'\n    order by p.sequence\n    limit :window!\n  ) d\n  join events e on e.id = d.event_id\norder by w.lane, d.sequence"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   w.lane,
 *   d.event_id as "eventId",
 *   d.endpoint,
 *   d.replay,
 *   d.sequence,
 *   d.attempts,
 *   d.replayed_attempts as "replayedAttempts",
 *   extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
 *   e.tenant,
 *   e.entity,
 *   e.type,
 *   e.content_type as "contentType",
 *   e.traceparent,
 *   e.payload
 * from unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) as w (shard, lane, from_sequence)
 *   cross join lateral (
 *     select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at
 *     from deliveries p
 *     where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'
 *     order by p.sequence
 *     limit :window!
 *   ) d
 *   join events e on e.id = d.event_id
 * order by w.lane, d.sequence
 * ```
 */
export const loadWindows = new PreparedQuery<ILoadWindowsParams,ILoadWindowsResult>(loadWindowsIR);


