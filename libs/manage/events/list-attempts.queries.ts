/** Types generated for queries found in "libs/manage/events/list-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ListAttempts' parameters type */
export interface IListAttemptsParams {
  endpoints: numberArray;
  eventIds: stringArray;
  replays: numberArray;
}

/** 'ListAttempts' return type */
export interface IListAttemptsResult {
  durationMs: number;
  endpoint: number;
  error: string | null;
  eventId: string;
  number: number;
  replay: number;
  responseBody: Buffer | null;
  startedAt: Date;
  statusCode: number | null;
}

/** 'ListAttempts' query type */
export interface IListAttemptsQuery {
  params: IListAttemptsParams;
  result: IListAttemptsResult;
}

const listAttemptsIR: any = {"usedParamSet":{"eventIds":true,"endpoints":true,"replays":true},"params":[{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":214,"b":223}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":234,"b":244}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":258,"b":266}]}],"statement":"select\n  a.event_id as \"eventId\", a.endpoint, a.replay, a.number, a.started_at as \"startedAt\", a.duration_ms as \"durationMs\",\n  a.status_code as \"statusCode\", a.error, a.response_body as \"responseBody\"\nfrom unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as wanted (event_id, endpoint, replay)\n  -- \"offset 0\" forces a look-up by key for each delivery.\n  cross join lateral (\n    select *\n    from attempts\n    where\n      attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay\n    offset 0\n  ) a\norder by a.number"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   a.event_id as "eventId", a.endpoint, a.replay, a.number, a.started_at as "startedAt", a.duration_ms as "durationMs",
 *   a.status_code as "statusCode", a.error, a.response_body as "responseBody"
 * from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as wanted (event_id, endpoint, replay)
 *   -- "offset 0" forces a look-up by key for each delivery.
 *   cross join lateral (
 *     select *
 *     from attempts
 *     where
 *       attempts.event_id = wanted.event_id and attempts.endpoint = wanted.endpoint and attempts.replay = wanted.replay
 *     offset 0
 *   ) a
 * order by a.number
 * ```
 */
export const listAttempts = new PreparedQuery<IListAttemptsParams,IListAttemptsResult>(listAttemptsIR);


