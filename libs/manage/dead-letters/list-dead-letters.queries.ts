/** Types generated for queries found in "libs/manage/dead-letters/list-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListDeadLetters' parameters type */
export interface IListDeadLettersParams {
  endpoint: number;
  entity?: string | null | void;
  event: string;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  replay: number;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'ListDeadLetters' return type */
export interface IListDeadLettersResult {
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

/** 'ListDeadLetters' query type */
export interface IListDeadLettersQuery {
  params: IListDeadLettersParams;
  result: IListDeadLettersResult;
}

const listDeadLettersIR: any = {"usedParamSet":{"tenant":true,"firstId":true,"event":true,"endpoint":true,"replay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":405,"b":412}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":432,"b":440}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":466,"b":472},{"a":524,"b":530}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":539,"b":548}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":560,"b":567}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":586,"b":592},{"a":622,"b":628}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":638,"b":642},{"a":670,"b":674}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":684,"b":688},{"a":731,"b":735}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":745,"b":747},{"a":789,"b":791}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":857,"b":863}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

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
 *   d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:entity::text is null or e.entity = :entity)
 *   and (:type::text is null or e.type = :type)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listDeadLetters = new PreparedQuery<IListDeadLettersParams,IListDeadLettersResult>(listDeadLettersIR);


