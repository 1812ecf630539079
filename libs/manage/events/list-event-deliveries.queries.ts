/** Types generated for queries found in "libs/manage/events/list-event-deliveries.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type NumberOrString = number | string;

/** 'ListEventDeliveries' parameters type */
export interface IListEventDeliveriesParams {
  afterEndpoint: number;
  afterReplay: number;
  event: string;
  limit: NumberOrString;
  tenant: string;
}

/** 'ListEventDeliveries' return type */
export interface IListEventDeliveriesResult {
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

/** 'ListEventDeliveries' query type */
export interface IListEventDeliveriesQuery {
  params: IListEventDeliveriesParams;
  result: IListEventDeliveriesResult;
}

const listEventDeliveriesIR: any = {"usedParamSet":{"event":true,"tenant":true,"afterReplay":true,"afterEndpoint":true,"limit":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":336,"b":342}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":357,"b":364}]},{"name":"afterReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":398,"b":410}]},{"name":"afterEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":422,"b":436}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":488,"b":494}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom (\n    select *\n    from deliveries\n    where\n      event_id = :event! and tenant = :tenant!\n      and (replay, endpoint) > (:afterReplay!::integer, :afterEndpoint!::integer)\n    order by replay, endpoint\n    limit :limit!\n  ) d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\norder by d.replay, d.endpoint"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from (
 *     select *
 *     from deliveries
 *     where
 *       event_id = :event! and tenant = :tenant!
 *       and (replay, endpoint) > (:afterReplay!::integer, :afterEndpoint!::integer)
 *     order by replay, endpoint
 *     limit :limit!
 *   ) d
 *   join events e on e.id = d.event_id
 *   join endpoints p on p.id = d.endpoint
 * order by d.replay, d.endpoint
 * ```
 */
export const listEventDeliveries = new PreparedQuery<IListEventDeliveriesParams,IListEventDeliveriesResult>(listEventDeliveriesIR);


