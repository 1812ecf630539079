/** Types generated for queries found in "libs/manage/events/list-event-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

/** 'ListEventDeliveries' parameters type */
export interface IListEventDeliveriesParams {
  event: string;
  tenant: string;
}

/** 'ListEventDeliveries' return type */
export interface IListEventDeliveriesResult {
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

/** 'ListEventDeliveries' query type */
export interface IListEventDeliveriesQuery {
  params: IListEventDeliveriesParams;
  result: IListEventDeliveriesResult;
}

const listEventDeliveriesIR: any = {"usedParamSet":{"event":true,"tenant":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":371,"b":377}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":394,"b":401}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere d.event_id = :event! and d.tenant = :tenant!\norder by d.replay, d.endpoint"};

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
 * where d.event_id = :event! and d.tenant = :tenant!
 * order by d.replay, d.endpoint
 * ```
 */
export const listEventDeliveries = new PreparedQuery<IListEventDeliveriesParams,IListEventDeliveriesResult>(listEventDeliveriesIR);


