/** Types generated for queries found in "libs/manage/events/list-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEvents' parameters type */
export interface IListEventsParams {
  acceptedFrom: DateOrString;
  acceptedTo: DateOrString;
  admitted?: boolean | null | void;
  before: string;
  from: string;
  limit: NumberOrString;
  mostRead: NumberOrString;
  source?: string | null | void;
  tenant: string;
  type?: string | null | void;
}

/** 'ListEvents' return type */
export interface IListEventsResult {
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

/** 'ListEvents' query type */
export interface IListEventsQuery {
  params: IListEventsParams;
  result: IListEventsResult;
}

const listEventsIR: any = {"usedParamSet":{"mostRead":true,"from":true,"before":true,"tenant":true,"acceptedFrom":true,"acceptedTo":true,"type":true,"source":true,"admitted":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":266,"b":275},{"a":506,"b":515}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":430,"b":435}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":452,"b":459}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":696,"b":703}]},{"name":"acceptedFrom","required":true,"transform":{"type":"scalar"},"locs":[{"a":726,"b":739}]},{"name":"acceptedTo","required":true,"transform":{"type":"scalar"},"locs":[{"a":774,"b":785}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":813,"b":817},{"a":845,"b":849}]},{"name":"source","required":false,"transform":{"type":"scalar"},"locs":[{"a":865,"b":871},{"a":901,"b":907}]},{"name":"admitted","required":false,"transform":{"type":"scalar"},"locs":[{"a":923,"b":931},{"a":966,"b":974}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1048,"b":1054}]}],"statement":"select\n  e.id, e.type, e.entity, e.occurred_at as \"occurredAt\", e.accepted_at as \"acceptedAt\",\n  e.idempotency_key as \"idempotencyKey\", e.source, i.admitted, m.matches as \"matches!\", e.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by id desc) = :mostRead! as is_last\n    from (\n        select id, tenant, type, entity, occurred_at, accepted_at, idempotency_key, source\n        from events\n        where id >= :from!::uuid and id < :before!::uuid\n        order by id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) e\n  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i\n  cross join lateral (\n    select\n      e.tenant = :tenant! and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz\n        and (:type::text is null or e.type = :type)\n        and (:source::text is null or e.source = :source)\n        and (:admitted::boolean is null or i.admitted = :admitted) as matches\n  ) m\nwhere m.matches or e.is_last\norder by e.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
 *   e.idempotency_key as "idempotencyKey", e.source, i.admitted, m.matches as "matches!", e.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by id desc) = :mostRead! as is_last
 *     from (
 *         select id, tenant, type, entity, occurred_at, accepted_at, idempotency_key, source
 *         from events
 *         where id >= :from!::uuid and id < :before!::uuid
 *         order by id desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) e
 *   cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
 *   cross join lateral (
 *     select
 *       e.tenant = :tenant! and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
 *         and (:type::text is null or e.type = :type)
 *         and (:source::text is null or e.source = :source)
 *         and (:admitted::boolean is null or i.admitted = :admitted) as matches
 *   ) m
 * where m.matches or e.is_last
 * order by e.id desc
 * limit :limit!
 * ```
 */
export const listEvents = new PreparedQuery<IListEventsParams,IListEventsResult>(listEventsIR);


