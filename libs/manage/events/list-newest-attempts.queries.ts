/** Types generated for queries found in "libs/manage/events/list-newest-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ListNewestAttempts' parameters type */
export interface IListNewestAttemptsParams {
  bodyBytes: number;
  endpoints: numberArray;
  eventIds: stringArray;
  most: NumberOrString;
  replays: numberArray;
}

/** 'ListNewestAttempts' return type */
export interface IListNewestAttemptsResult {
  bodyOmitted: boolean;
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

/** 'ListNewestAttempts' query type */
export interface IListNewestAttemptsQuery {
  params: IListNewestAttemptsParams;
  result: IListNewestAttemptsResult;
}

const listNewestAttemptsIR: any = {"usedParamSet":{"bodyBytes":true,"eventIds":true,"endpoints":true,"replays":true,"most":true},"params":[{"name":"bodyBytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":189,"b":199},{"a":299,"b":308}]},{"name":"eventIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":568,"b":577}]},{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":588,"b":598}]},{"name":"replays","required":true,"transform":{"type":"scalar"},"locs":[{"a":612,"b":620}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":1022,"b":1027}]}],"statement":"select\n  b.event_id as \"eventId\", b.endpoint, b.replay, b.number, b.started_at as \"startedAt\", b.duration_ms as \"durationMs\",\n  b.status_code as \"statusCode\", b.error, case when b.bytes <= :bodyBytes!::integer then b.response_body end as \"responseBody\",\n  (b.response_body is not null and b.bytes > :bodyBytes) as \"bodyOmitted!\"\nfrom (\n    select a.*, sum(octet_length(a.response_body)) over (order by a.age, a.place) as bytes\n    from (\n        select n.*, w.place, row_number() over (partition by w.place order by n.number desc) as age\n        from\n          unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality\n            as w (event_id, endpoint, replay, place)\n          -- The limit forces a look-up by key for each delivery.\n          cross join lateral (\n            select *\n            from attempts\n            where attempts.event_id = w.event_id and attempts.endpoint = w.endpoint and attempts.replay = w.replay\n            order by attempts.number desc\n            limit :most!\n          ) n\n      ) a\n  ) b\norder by b.number"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   b.event_id as "eventId", b.endpoint, b.replay, b.number, b.started_at as "startedAt", b.duration_ms as "durationMs",
 *   b.status_code as "statusCode", b.error, case when b.bytes <= :bodyBytes!::integer then b.response_body end as "responseBody",
 *   (b.response_body is not null and b.bytes > :bodyBytes) as "bodyOmitted!"
 * from (
 *     select a.*, sum(octet_length(a.response_body)) over (order by a.age, a.place) as bytes
 *     from (
 *         select n.*, w.place, row_number() over (partition by w.place order by n.number desc) as age
 *         from
 *           unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality
 *             as w (event_id, endpoint, replay, place)
 *           -- The limit forces a look-up by key for each delivery.
 *           cross join lateral (
 *             select *
 *             from attempts
 *             where attempts.event_id = w.event_id and attempts.endpoint = w.endpoint and attempts.replay = w.replay
 *             order by attempts.number desc
 *             limit :most!
 *           ) n
 *       ) a
 *   ) b
 * order by b.number
 * ```
 */
export const listNewestAttempts = new PreparedQuery<IListNewestAttemptsParams,IListNewestAttemptsResult>(listNewestAttemptsIR);


