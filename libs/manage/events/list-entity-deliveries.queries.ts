/** Types generated for queries found in "libs/manage/events/list-entity-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type NumberOrString = number | string;

/** 'ListEntityDeliveries' parameters type */
export interface IListEntityDeliveriesParams {
  endpoint: number;
  endpointId?: string | null | void;
  entity: string;
  event: string;
  limit: NumberOrString;
  replay: number;
  status?: delivery_status | null | void;
  tenant: string;
}

/** 'ListEntityDeliveries' return type */
export interface IListEntityDeliveriesResult {
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

/** 'ListEntityDeliveries' query type */
export interface IListEntityDeliveriesQuery {
  params: IListEntityDeliveriesParams;
  result: IListEntityDeliveriesResult;
}

const listEntityDeliveriesIR: any = {"usedParamSet":{"tenant":true,"entity":true,"event":true,"endpoint":true,"replay":true,"endpointId":true,"status":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":371,"b":378}]},{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":395,"b":402}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":416,"b":422},{"a":474,"b":480}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":489,"b":498}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":510,"b":517}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":536,"b":546},{"a":579,"b":589}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":599,"b":605},{"a":646,"b":652}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":712,"b":718}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom events e\n  join deliveries d on d.event_id = e.id\n  join endpoints p on p.id = d.endpoint\nwhere\n  e.tenant = :tenant! and e.entity = :entity! and e.id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:endpointId::uuid is null or p.public_id = :endpointId)\n  and (:status::delivery_status is null or d.status = :status)\norder by e.id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from events e
 *   join deliveries d on d.event_id = e.id
 *   join endpoints p on p.id = d.endpoint
 * where
 *   e.tenant = :tenant! and e.entity = :entity! and e.id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:endpointId::uuid is null or p.public_id = :endpointId)
 *   and (:status::delivery_status is null or d.status = :status)
 * order by e.id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listEntityDeliveries = new PreparedQuery<IListEntityDeliveriesParams,IListEntityDeliveriesResult>(listEntityDeliveriesIR);


