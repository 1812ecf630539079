/** Types generated for queries found in "libs/manage/events/list-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type NumberOrString = number | string;

/** 'ListDeliveries' parameters type */
export interface IListDeliveriesParams {
  endpoint: number;
  endpointId?: string | null | void;
  event: string;
  limit: NumberOrString;
  replay: number;
  status?: delivery_status | null | void;
  tenant: string;
}

/** 'ListDeliveries' return type */
export interface IListDeliveriesResult {
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

const listDeliveriesIR: any = {"usedParamSet":{"tenant":true,"event":true,"endpoint":true,"replay":true,"endpointId":true,"status":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":371,"b":378}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":398,"b":404},{"a":456,"b":462}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":471,"b":480}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":492,"b":499}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":518,"b":528},{"a":561,"b":571}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":581,"b":587},{"a":628,"b":634}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":700,"b":706}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.tenant = :tenant! and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:endpointId::uuid is null or p.public_id = :endpointId)\n  and (:status::delivery_status is null or d.status = :status)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from deliveries d
 *   join events e on e.id = d.event_id
 *   join endpoints p on p.id = d.endpoint
 * where
 *   d.tenant = :tenant! and d.event_id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:endpointId::uuid is null or p.public_id = :endpointId)
 *   and (:status::delivery_status is null or d.status = :status)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeliveries = new PreparedQuery<IListDeliveriesParams,IListDeliveriesResult>(listDeliveriesIR);


