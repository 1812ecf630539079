/** Types generated for queries found in "libs/manage/events/list-entity-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEntityEvents' parameters type */
export interface IListEntityEventsParams {
  acceptedFrom: DateOrString;
  acceptedTo: DateOrString;
  admitted?: boolean | null | void;
  before: string;
  entity: string;
  from: string;
  limit: NumberOrString;
  mostRead: NumberOrString;
  source?: string | null | void;
  tenant: string;
  type?: string | null | void;
}

/** 'ListEntityEvents' return type */
export interface IListEntityEventsResult {
  acceptedAt: Date;
  admitted: boolean | null;
  entity: string;
  id: string;
  idempotencyKey: string | null;
  isLast: boolean;
  matches: boolean;
  occurredAt: Date | null;
  source: string;
  type: string;
}

/** 'ListEntityEvents' query type */
export interface IListEntityEventsQuery {
  params: IListEntityEventsParams;
  result: IListEntityEventsResult;
}

const listEntityEventsIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"entity":true,"from":true,"before":true,"acceptedFrom":true,"acceptedTo":true,"type":true,"source":true,"admitted":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":266,"b":275},{"a":542,"b":551}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":425,"b":432}]},{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":454}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":466,"b":471}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":488,"b":495}]},{"name":"acceptedFrom","required":true,"transform":{"type":"scalar"},"locs":[{"a":738,"b":751}]},{"name":"acceptedTo","required":true,"transform":{"type":"scalar"},"locs":[{"a":786,"b":797}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":825,"b":829},{"a":857,"b":861}]},{"name":"source","required":false,"transform":{"type":"scalar"},"locs":[{"a":877,"b":883},{"a":913,"b":919}]},{"name":"admitted","required":false,"transform":{"type":"scalar"},"locs":[{"a":935,"b":943},{"a":978,"b":986}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1060,"b":1066}]}],"statement":"select\n  e.id, e.type, e.entity, e.occurred_at as \"occurredAt\", e.accepted_at as \"acceptedAt\",\n  e.idempotency_key as \"idempotencyKey\", e.source, i.admitted, m.matches as \"matches!\", e.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by id desc) = :mostRead! as is_last\n    from (\n        select id, type, entity, occurred_at, accepted_at, idempotency_key, source\n        from events\n        where tenant = :tenant! and entity = :entity! and id >= :from!::uuid and id < :before!::uuid\n        order by id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) e\n  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i\n  cross join lateral (\n    select\n      e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz\n        and (:type::text is null or e.type = :type)\n        and (:source::text is null or e.source = :source)\n        and (:admitted::boolean is null or i.admitted = :admitted) as matches\n  ) m\nwhere m.matches or e.is_last\norder by e.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
 *   e.idempotency_key as "idempotencyKey", e.source, i.admitted, m.matches as "matches!", e.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by id desc) = :mostRead! as is_last
 *     from (
 *         select id, type, entity, occurred_at, accepted_at, idempotency_key, source
 *         from events
 *         where tenant = :tenant! and entity = :entity! and id >= :from!::uuid and id < :before!::uuid
 *         order by id desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) e
 *   cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
 *   cross join lateral (
 *     select
 *       e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
 *         and (:type::text is null or e.type = :type)
 *         and (:source::text is null or e.source = :source)
 *         and (:admitted::boolean is null or i.admitted = :admitted) as matches
 *   ) m
 * where m.matches or e.is_last
 * order by e.id desc
 * limit :limit!
 * ```
 */
export const listEntityEvents = new PreparedQuery<IListEntityEventsParams,IListEntityEventsResult>(listEntityEventsIR);


