/** Types generated for queries found in "libs/manage/events/list-entity-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEntityDeliveries' parameters type */
export interface IListEntityDeliveriesParams {
  belowEndpoint: number;
  belowEvent: string;
  belowReplay: number;
  endpointId?: string | null | void;
  entity: string;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  mostRead: NumberOrString;
  status?: delivery_status | null | void;
  tenant: string;
  to?: DateOrString | null | void;
}

/** 'ListEntityDeliveries' return type */
export interface IListEntityDeliveriesResult {
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

/** 'ListEntityDeliveries' query type */
export interface IListEntityDeliveriesQuery {
  params: IListEntityDeliveriesParams;
  result: IListEntityDeliveriesResult;
}

const listEntityDeliveriesIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"entity":true,"firstId":true,"belowEvent":true,"belowEndpoint":true,"belowReplay":true,"from":true,"to":true,"endpointId":true,"status":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":412,"b":421},{"a":890,"b":899}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":603,"b":610}]},{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":627,"b":634}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":648,"b":656}]},{"name":"belowEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":676,"b":687},{"a":747,"b":758}]},{"name":"belowEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":767,"b":781}]},{"name":"belowReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":793,"b":805}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":1011,"b":1015},{"a":1058,"b":1062}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":1078,"b":1080},{"a":1122,"b":1124}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":1140,"b":1150},{"a":1183,"b":1193}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":1209,"b":1215},{"a":1256,"b":1262}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1374,"b":1380}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", d.type, d.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\", m.matches as \"matches!\", d.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last\n    from (\n        select d.*, e.type, e.entity, e.accepted_at\n        from events e\n          join deliveries d on d.event_id = e.id\n        where\n          e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :belowEvent!::uuid\n          and (d.event_id, d.endpoint, d.replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)\n        order by e.id desc, d.endpoint desc, d.replay desc\n        limit :mostRead!::bigint\n      ) newest\n  ) d\n  join endpoints p on p.id = d.endpoint\n  cross join lateral (\n    select\n      (:from::timestamptz is null or d.accepted_at >= :from)\n        and (:to::timestamptz is null or d.accepted_at < :to)\n        and (:endpointId::uuid is null or p.public_id = :endpointId)\n        and (:status::delivery_status is null or d.status = :status) as matches\n  ) m\nwhere m.matches or d.is_last\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", d.type, d.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last
 *     from (
 *         select d.*, e.type, e.entity, e.accepted_at
 *         from events e
 *           join deliveries d on d.event_id = e.id
 *         where
 *           e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :belowEvent!::uuid
 *           and (d.event_id, d.endpoint, d.replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
 *         order by e.id desc, d.endpoint desc, d.replay desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) d
 *   join endpoints p on p.id = d.endpoint
 *   cross join lateral (
 *     select
 *       (:from::timestamptz is null or d.accepted_at >= :from)
 *         and (:to::timestamptz is null or d.accepted_at < :to)
 *         and (:endpointId::uuid is null or p.public_id = :endpointId)
 *         and (:status::delivery_status is null or d.status = :status) as matches
 *   ) m
 * where m.matches or d.is_last
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listEntityDeliveries = new PreparedQuery<IListEntityDeliveriesParams,IListEntityDeliveriesResult>(listEntityDeliveriesIR);


