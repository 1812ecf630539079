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
  occurredAt: Date | null;
  source: string;
  type: string;
}

/** 'ListEvents' query type */
export interface IListEventsQuery {
  params: IListEventsParams;
  result: IListEventsResult;
}

const listEventsIR: any = {"usedParamSet":{"tenant":true,"from":true,"before":true,"acceptedFrom":true,"acceptedTo":true,"type":true,"admitted":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":289,"b":296}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":310,"b":315}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":334,"b":341}]},{"name":"acceptedFrom","required":true,"transform":{"type":"scalar"},"locs":[{"a":372,"b":385}]},{"name":"acceptedTo","required":true,"transform":{"type":"scalar"},"locs":[{"a":420,"b":431}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":453,"b":457},{"a":485,"b":489}]},{"name":"admitted","required":false,"transform":{"type":"scalar"},"locs":[{"a":499,"b":507},{"a":542,"b":550}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":578,"b":584}]}],"statement":"select\n  e.id, e.type, e.entity, e.occurred_at as \"occurredAt\", e.accepted_at as \"acceptedAt\",\n  e.idempotency_key as \"idempotencyKey\", e.source, i.admitted\nfrom events e\n  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i\nwhere\n  e.tenant = :tenant! and e.id >= :from!::uuid and e.id < :before!::uuid\n  and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz\n  and (:type::text is null or e.type = :type)\n  and (:admitted::boolean is null or i.admitted = :admitted)\norder by e.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
 *   e.idempotency_key as "idempotencyKey", e.source, i.admitted
 * from events e
 *   cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
 * where
 *   e.tenant = :tenant! and e.id >= :from!::uuid and e.id < :before!::uuid
 *   and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
 *   and (:type::text is null or e.type = :type)
 *   and (:admitted::boolean is null or i.admitted = :admitted)
 * order by e.id desc
 * limit :limit!
 * ```
 */
export const listEvents = new PreparedQuery<IListEventsParams,IListEventsResult>(listEventsIR);


