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
  occurredAt: Date | null;
  source: string;
  type: string;
}

/** 'ListEntityEvents' query type */
export interface IListEntityEventsQuery {
  params: IListEntityEventsParams;
  result: IListEntityEventsResult;
}

const listEntityEventsIR: any = {"usedParamSet":{"tenant":true,"entity":true,"from":true,"before":true,"acceptedFrom":true,"acceptedTo":true,"type":true,"admitted":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":289,"b":296}]},{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":313,"b":320}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":334,"b":339}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":358,"b":365}]},{"name":"acceptedFrom","required":true,"transform":{"type":"scalar"},"locs":[{"a":396,"b":409}]},{"name":"acceptedTo","required":true,"transform":{"type":"scalar"},"locs":[{"a":444,"b":455}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":477,"b":481},{"a":509,"b":513}]},{"name":"admitted","required":false,"transform":{"type":"scalar"},"locs":[{"a":523,"b":531},{"a":566,"b":574}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":602,"b":608}]}],"statement":"select\n  e.id, e.type, e.entity, e.occurred_at as \"occurredAt\", e.accepted_at as \"acceptedAt\",\n  e.idempotency_key as \"idempotencyKey\", e.source, i.admitted\nfrom events e\n  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i\nwhere\n  e.tenant = :tenant! and e.entity = :entity! and e.id >= :from!::uuid and e.id < :before!::uuid\n  and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz\n  and (:type::text is null or e.type = :type)\n  and (:admitted::boolean is null or i.admitted = :admitted)\norder by e.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
 *   e.idempotency_key as "idempotencyKey", e.source, i.admitted
 * from events e
 *   cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
 * where
 *   e.tenant = :tenant! and e.entity = :entity! and e.id >= :from!::uuid and e.id < :before!::uuid
 *   and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
 *   and (:type::text is null or e.type = :type)
 *   and (:admitted::boolean is null or i.admitted = :admitted)
 * order by e.id desc
 * limit :limit!
 * ```
 */
export const listEntityEvents = new PreparedQuery<IListEntityEventsParams,IListEntityEventsResult>(listEntityEventsIR);


