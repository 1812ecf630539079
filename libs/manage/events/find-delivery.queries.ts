/** Types generated for queries found in "libs/manage/events/find-delivery.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

/** 'FindDelivery' parameters type */
export interface IFindDeliveryParams {
  endpoint: number;
  eventId: string;
  replay: number;
  tenant: string;
}

/** 'FindDelivery' return type */
export interface IFindDeliveryResult {
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

/** 'FindDelivery' query type */
export interface IFindDeliveryQuery {
  params: IFindDeliveryParams;
  result: IFindDeliveryResult;
}

const findDeliveryIR: any = {"usedParamSet":{"eventId":true,"endpoint":true,"replay":true,"tenant":true},"params":[{"name":"eventId","required":true,"transform":{"type":"scalar"},"locs":[{"a":383,"b":391}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":419}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":436,"b":443}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":460,"b":467}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere d.event_id = :eventId! and d.endpoint = :endpoint! and d.replay = :replay! and d.tenant = :tenant!"};

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
 * where d.event_id = :eventId! and d.endpoint = :endpoint! and d.replay = :replay! and d.tenant = :tenant!
 * ```
 */
export const findDelivery = new PreparedQuery<IFindDeliveryParams,IFindDeliveryResult>(findDeliveryIR);


