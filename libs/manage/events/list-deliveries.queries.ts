/** Types generated for queries found in "libs/manage/events/list-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListDeliveries' parameters type */
export interface IListDeliveriesParams {
  belowEndpoint: number;
  belowEvent: string;
  belowReplay: number;
  endpointId?: string | null | void;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  mostRead: NumberOrString;
  status?: delivery_status | null | void;
  tenant: string;
  to?: DateOrString | null | void;
}

/** 'ListDeliveries' return type */
export interface IListDeliveriesResult {
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

/** 'ListDeliveries' query type */
export interface IListDeliveriesQuery {
  params: IListDeliveriesParams;
  result: IListDeliveriesResult;
}

const listDeliveriesIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"status":true,"endpointId":true,"firstId":true,"belowEvent":true,"belowEndpoint":true,"belowReplay":true,"from":true,"to":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":418,"b":427},{"a":971,"b":980}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":456,"b":463}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":470,"b":476},{"a":515,"b":521}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":537,"b":547},{"a":621,"b":631}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":731,"b":739}]},{"name":"belowEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":763,"b":774},{"a":828,"b":839}]},{"name":"belowEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":848,"b":862}]},{"name":"belowReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":874,"b":886}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":1222,"b":1226},{"a":1269,"b":1273}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":1289,"b":1291},{"a":1333,"b":1335}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1475,"b":1481}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\", m.matches as \"matches!\", d.is_last as \"isLast!\"\nfrom (\n    select\n      *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last,\n      tenant = :tenant! and (:status::delivery_status is null or status = :status)\n        and (:endpointId::uuid is null or endpoint = (select id from endpoints where public_id = :endpointId)) as fits\n    from (\n        select *\n        from deliveries\n        where\n          event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid\n          and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)\n        order by event_id desc, endpoint desc, replay desc\n        limit :mostRead!::bigint\n      ) newest\n  ) d\n  -- OFFSET 0: by key, for each delivery.\n  cross join lateral (select * from events where id = d.event_id offset 0) e\n  join endpoints p on p.id = d.endpoint\n  cross join lateral (\n    select\n      d.fits and (:from::timestamptz is null or e.accepted_at >= :from)\n        and (:to::timestamptz is null or e.accepted_at < :to) as matches\n  ) m\nwhere (d.fits or d.is_last) and (m.matches or d.is_last)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
 * from (
 *     select
 *       *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last,
 *       tenant = :tenant! and (:status::delivery_status is null or status = :status)
 *         and (:endpointId::uuid is null or endpoint = (select id from endpoints where public_id = :endpointId)) as fits
 *     from (
 *         select *
 *         from deliveries
 *         where
 *           event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid
 *           and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
 *         order by event_id desc, endpoint desc, replay desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) d
 *   -- OFFSET 0: by key, for each delivery.
 *   cross join lateral (select * from events where id = d.event_id offset 0) e
 *   join endpoints p on p.id = d.endpoint
 *   cross join lateral (
 *     select
 *       d.fits and (:from::timestamptz is null or e.accepted_at >= :from)
 *         and (:to::timestamptz is null or e.accepted_at < :to) as matches
 *   ) m
 * where (d.fits or d.is_last) and (m.matches or d.is_last)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeliveries = new PreparedQuery<IListDeliveriesParams,IListDeliveriesResult>(listDeliveriesIR);


