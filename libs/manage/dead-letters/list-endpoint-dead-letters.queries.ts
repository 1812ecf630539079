/** Types generated for queries found in "libs/manage/dead-letters/list-endpoint-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEndpointDeadLetters' parameters type */
export interface IListEndpointDeadLettersParams {
  endpoint: number;
  endpointId: string;
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

/** 'ListEndpointDeadLetters' return type */
export interface IListEndpointDeadLettersResult {
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

/** 'ListEndpointDeadLetters' query type */
export interface IListEndpointDeadLettersQuery {
  params: IListEndpointDeadLettersParams;
  result: IListEndpointDeadLettersResult;
}

const listEndpointDeadLettersIR: any = {"usedParamSet":{"endpointId":true,"tenant":true,"firstId":true,"event":true,"endpoint":true,"replay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"endpointId","required":true,"transform":{"type":"scalar"},"locs":[{"a":386,"b":397}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":414,"b":421}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":465,"b":473}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":499,"b":505},{"a":557,"b":563}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":572,"b":581}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":593,"b":600}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":619,"b":625},{"a":655,"b":661}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":671,"b":675},{"a":703,"b":707}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":717,"b":721},{"a":764,"b":768}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":778,"b":780},{"a":822,"b":824}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":890,"b":896}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom endpoints p\n  join deliveries d on d.endpoint = p.id\n  join events e on e.id = d.event_id\nwhere\n  p.public_id = :endpointId! and p.tenant = :tenant!\n  and d.status = 'dead' and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt"
 * from endpoints p
 *   join deliveries d on d.endpoint = p.id
 *   join events e on e.id = d.event_id
 * where
 *   p.public_id = :endpointId! and p.tenant = :tenant!
 *   and d.status = 'dead' and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid
 *   and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
 *   and (:entity::text is null or e.entity = :entity)
 *   and (:type::text is null or e.type = :type)
 *   and (:from::timestamptz is null or e.accepted_at >= :from)
 *   and (:to::timestamptz is null or e.accepted_at < :to)
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listEndpointDeadLetters = new PreparedQuery<IListEndpointDeadLettersParams,IListEndpointDeadLettersResult>(listEndpointDeadLettersIR);


