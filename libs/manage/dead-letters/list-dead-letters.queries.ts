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

const listDeadLettersIR: any = {"usedParamSet":{"tenant":true,"event":true,"endpoint":true,"replay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":393,"b":400}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":420,"b":426},{"a":478,"b":484}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":493,"b":502}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":514,"b":521}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":540,"b":546},{"a":576,"b":582}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":592,"b":596},{"a":624,"b":628}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":638,"b":642},{"a":685,"b":689}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":699,"b":701},{"a":743,"b":745}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":811,"b":817}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.status = 'dead' and d.tenant = :tenant! and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

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
 *   d.status = 'dead' and d.tenant = :tenant! and d.event_id <= :event!::uuid
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


