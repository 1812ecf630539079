/** Types generated for queries found in "libs/manage/events/list-last-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ListLastAttempts' parameters type */
export interface IListLastAttemptsParams {
  endpoints: numberArray;
  eventIds: stringArray;
  numbers: numberArray;
  replays: numberArray;
}

/** 'ListLastAttempts' return type */
export interface IListLastAttemptsResult {
  durationMs: number;
  endpoint: number;
  error: string | null;
  eventId: string;
  number: number;
  replay: number;
  startedAt: Date;
  statusCode: number | null;
}

/** 'ListLastAttempts' query type */
export interface IListLastAttemptsQuery {
  params: IListLastAttemptsParams;
  result: IListLastAttemptsResult;
}

const listLastAttemptsIR: any = {"usedParamSet":{"eventIds":true,"endpoints":true,"replays":true,"numbers":true},"params":[{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":181,"b":190}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":201,"b":211}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":225,"b":233}]},{"name":"numbers","required":true,"transform":{"type":"scalar"},"locs":[{"a":247,"b":255}]}],"statement":"select\n  a.event_id as \"eventId\", a.endpoint, a.replay, a.number, a.started_at as \"startedAt\", a.duration_ms as \"durationMs\",\n  a.status_code as \"statusCode\", a.error\nfrom\n  unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[])\n    as wanted (event_id, endpoint, replay, number)\n  -- \"offset 0\" forces a look-up by key for each delivery.\n  cross join lateral (\n    select event_id, endpoint, replay, number, started_at, duration_ms, status_code, error\n    from attempts\n    where\n      attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay\n      and attempts.number = wanted.number\n    offset 0\n  ) a"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   a.event_id as "eventId", a.endpoint, a.replay, a.number, a.started_at as "startedAt", a.duration_ms as "durationMs",
 *   a.status_code as "statusCode", a.error
 * from
 *   unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[])
 *     as wanted (event_id, endpoint, replay, number)
 *   -- "offset 0" forces a look-up by key for each delivery.
 *   cross join lateral (
 *     select event_id, endpoint, replay, number, started_at, duration_ms, status_code, error
 *     from attempts
 *     where
 *       attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay
 *       and attempts.number = wanted.number
 *     offset 0
 *   ) a
 * ```
 */
export const listLastAttempts = new PreparedQuery<IListLastAttemptsParams,IListLastAttemptsResult>(listLastAttemptsIR);


