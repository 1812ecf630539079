/** Types generated for queries found in "libs/manage/events/list-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'ListAttempts' parameters type */
export interface IListAttemptsParams {
  before: number;
  bodyBytes: number;
  endpoint: number;
  eventId: string;
  limit: NumberOrString;
  replay: number;
}

/** 'ListAttempts' return type */
export interface IListAttemptsResult {
  durationMs: number;
  error: string | null;
  followed: boolean;
  number: number;
  responseBody: Buffer | null;
  startedAt: Date;
  statusCode: number | null;
}

/** 'ListAttempts' query type */
export interface IListAttemptsQuery {
  params: IListAttemptsParams;
  result: IListAttemptsResult;
}

const listAttemptsIR: any = {"usedParamSet":{"eventId":true,"endpoint":true,"replay":true,"before":true,"limit":true,"bodyBytes":true},"params":[{"name":"eventId","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":455}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":472,"b":481}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":496,"b":503}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":518,"b":525}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":579,"b":585}]},{"name":"bodyBytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":700,"b":710}]}],"statement":"select\n  b.number, b.started_at as \"startedAt\", b.duration_ms as \"durationMs\", b.status_code as \"statusCode\", b.error,\n  b.response_body as \"responseBody\", b.followed as \"followed!\"\nfrom (\n    select\n      a.*, sum(octet_length(a.response_body)) over newest_first as bytes,\n      row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed\n    from (\n        select *\n        from attempts\n        where event_id = :eventId! and endpoint = :endpoint! and replay = :replay! and number < :before!::integer\n        order by number desc\n        limit :limit!\n      ) a\n    window newest_first as (order by a.number desc)\n  ) b\nwhere b.place = 1 or coalesce(b.bytes, 0) <= :bodyBytes!::integer\norder by b.number desc"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   b.number, b.started_at as "startedAt", b.duration_ms as "durationMs", b.status_code as "statusCode", b.error,
 *   b.response_body as "responseBody", b.followed as "followed!"
 * from (
 *     select
 *       a.*, sum(octet_length(a.response_body)) over newest_first as bytes,
 *       row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed
 *     from (
 *         select *
 *         from attempts
 *         where event_id = :eventId! and endpoint = :endpoint! and replay = :replay! and number < :before!::integer
 *         order by number desc
 *         limit :limit!
 *       ) a
 *     window newest_first as (order by a.number desc)
 *   ) b
 * where b.place = 1 or coalesce(b.bytes, 0) <= :bodyBytes!::integer
 * order by b.number desc
 * ```
 */
export const listAttempts = new PreparedQuery<IListAttemptsParams,IListAttemptsResult>(listAttemptsIR);


