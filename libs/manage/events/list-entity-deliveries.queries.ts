/** Types generated for queries found in "libs/manage/events/list-entity-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEntityDeliveries' parameters type */
export interface IListEntityDeliveriesParams {
  endpoint: number;
  endpointId?: string | null | void;
  entity: string;
  event: string;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  replay: number;
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

const listEntityDeliveriesIR: any = {"usedParamSet":{"tenant":true,"entity":true,"firstId":true,"event":true,"endpoint":true,"replay":true,"from":true,"to":true,"endpointId":true,"status":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":383,"b":390}]},{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":407,"b":414}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":436}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":456,"b":462},{"a":514,"b":520}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":529,"b":538}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":550,"b":557}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":576,"b":580},{"a":623,"b":627}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":637,"b":639},{"a":681,"b":683}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":693,"b":703},{"a":736,"b":746}]},{"name":"status","required":false,"transform":{"type":"scalar"},"locs":[{"a":756,"b":762},{"a":803,"b":809}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":869,"b":875}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom events e\n  join deliveries d on d.event_id = e.id\n  join endpoints p on p.id = d.endpoint\nwhere\n  e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\n  and (:endpointId::uuid is null or p.public_id = :endpointId)\n  and (:status::delivery_status is null or d.status = :status)\norder by e.id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from events e
 *   join deliveries d on d.event_id = e.id
 *   join endpoints p on p.id = d.endpoint
 * where
 *   e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 *   and (:endpointId::uuid is null or p.public_id = :endpointId)
 *   and (:status::delivery_status is null or d.status = :status)
 * order by e.id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listEntityDeliveries = new PreparedQuery<IListEntityDeliveriesParams,IListEntityDeliveriesResult>(listEntityDeliveriesIR);


