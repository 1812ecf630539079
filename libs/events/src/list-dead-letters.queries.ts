/** Types generated for queries found in "libs/events/src/list-dead-letters.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListDeadLetters' parameters type */
export interface IListDeadLettersParams {
  endpoint: number;
  endpointId?: string | null | void;
  entity?: string | null | void;
  event: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  replay: number;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'ListDeadLetters' return type */
export interface IListDeadLettersResult {
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

/** 'ListDeadLetters' query type */
export interface IListDeadLettersQuery {
  params: IListDeadLettersParams;
  result: IListDeadLettersResult;
}

const listDeadLettersIR: any = {"usedParamSet":{"tenant":true,"event":true,"endpoint":true,"replay":true,"endpointId":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":393,"b":400}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":446,"b":452}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":461,"b":470}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":482,"b":489}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":508,"b":518},{"a":551,"b":561}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":571,"b":577},{"a":607,"b":613}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":623,"b":627},{"a":655,"b":659}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":669,"b":673},{"a":716,"b":720}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":730,"b":732},{"a":774,"b":776}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":842,"b":848}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.status = 'dead' and d.tenant = :tenant!\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:endpointId::uuid is null or p.public_id = :endpointId)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

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
 *   d.status = 'dead' and d.tenant = :tenant!
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:endpointId::uuid is null or p.public_id = :endpointId)
 *   and (:entity::text is null or e.entity = :entity)
 *   and (:type::text is null or e.type = :type)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeadLetters = new PreparedQuery<IListDeadLettersParams,IListDeadLettersResult>(listDeadLettersIR);


