/** Types generated for queries found in "libs/manage/events/list-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListDeliveries' parameters type */
export interface IListDeliveriesParams {
  endpoint: number;
  endpointId?: string | null | void;
  event: string;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  replay: number;
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

const listDeliveriesIR: any = {"usedParamSet":{"tenant":true,"firstId":true,"event":true,"endpoint":true,"replay":true,"from":true,"to":true,"endpointId":true,"status":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":383,"b":390}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":418}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":444,"b":450},{"a":502,"b":508}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":517,"b":526}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":538,"b":545}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":564,"b":568},{"a":611,"b":615}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":625,"b":627},{"a":669,"b":671}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":681,"b":691},{"a":724,"b":734}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":744,"b":750},{"a":791,"b":797}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":863,"b":869}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\n  and (:endpointId::uuid is null or p.public_id = :endpointId)\n  and (:status::delivery_status is null or d.status = :status)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from deliveries d
 *   join events e on e.id = d.event_id
 *   join endpoints p on p.id = d.endpoint
 * where
 *   d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 *   and (:endpointId::uuid is null or p.public_id = :endpointId)
 *   and (:status::delivery_status is null or d.status = :status)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeliveries = new PreparedQuery<IListDeliveriesParams,IListDeliveriesResult>(listDeliveriesIR);


