/** Types generated for queries found in "libs/manage/dead-letters/list-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListDeadLetters' parameters type */
export interface IListDeadLettersParams {
  belowEndpoint: number;
  belowEvent: string;
  belowReplay: number;
  entity?: string | null | void;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  mostRead: NumberOrString;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'ListDeadLetters' return type */
export interface IListDeadLettersResult {
  attempts: number;
  createdAt: Date;
  deadReason: string | null;
  endpoint: number;
  endpointId: string;
  entity: string;
  eventId: string;
  finishedAt: Date | null;
  isLast: boolean;
  matches: boolean;
  nextAttemptAt: Date | null;
  replay: number;
  sequence: number | null;
  status: delivery_status;
  type: string;
}

/** 'ListDeadLetters' query type */
export interface IListDeadLettersQuery {
  params: IListDeadLettersParams;
  result: IListDeadLettersResult;
}

const listDeadLettersIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"firstId":true,"belowEvent":true,"belowEndpoint":true,"belowReplay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":412,"b":421},{"a":809,"b":818}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":444,"b":451}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":569,"b":577}]},{"name":"belowEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":601,"b":612},{"a":666,"b":677}]},{"name":"belowEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":686,"b":700}]},{"name":"belowReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":712,"b":724}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1063,"b":1069},{"a":1099,"b":1105}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":1113,"b":1117},{"a":1145,"b":1149}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":1165,"b":1169},{"a":1212,"b":1216}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":1232,"b":1234},{"a":1276,"b":1278}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1418,"b":1424}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\", m.matches as \"matches!\", d.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last, tenant = :tenant! as fits\n    from (\n        select *\n        from deliveries\n        where\n          status = 'dead' and event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid\n          and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)\n        order by event_id desc, endpoint desc, replay desc\n        limit :mostRead!::bigint\n      ) newest\n  ) d\n  -- OFFSET 0: by key, for each dead letter.\n  cross join lateral (select * from events where id = d.event_id offset 0) e\n  join endpoints p on p.id = d.endpoint\n  cross join lateral (\n    select\n      d.fits and (:entity::text is null or e.entity = :entity) and (:type::text is null or e.type = :type)\n        and (:from::timestamptz is null or e.accepted_at >= :from)\n        and (:to::timestamptz is null or e.accepted_at < :to) as matches\n  ) m\nwhere (d.fits or d.is_last) and (m.matches or d.is_last)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last, tenant = :tenant! as fits
 *     from (
 *         select *
 *         from deliveries
 *         where
 *           status = 'dead' and event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid
 *           and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
 *         order by event_id desc, endpoint desc, replay desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) d
 *   -- OFFSET 0: by key, for each dead letter.
 *   cross join lateral (select * from events where id = d.event_id offset 0) e
 *   join endpoints p on p.id = d.endpoint
 *   cross join lateral (
 *     select
 *       d.fits and (:entity::text is null or e.entity = :entity) and (:type::text is null or e.type = :type)
 *         and (:from::timestamptz is null or e.accepted_at >= :from)
 *         and (:to::timestamptz is null or e.accepted_at < :to) as matches
 *   ) m
 * where (d.fits or d.is_last) and (m.matches or d.is_last)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeadLetters = new PreparedQuery<IListDeadLettersParams,IListDeadLettersResult>(listDeadLettersIR);


