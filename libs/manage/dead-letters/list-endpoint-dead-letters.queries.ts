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

const listEndpointDeadLettersIR: any = {"usedParamSet":{"endpointId":true,"tenant":true,"firstId":true,"event":true,"endpoint":true,"replay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"endpointId","required":true,"transform":{"type":"scalar"},"locs":[{"a":429,"b":440}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":455,"b":462}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":507,"b":515}]},{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":541,"b":547},{"a":599,"b":605}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":614,"b":623}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":635,"b":642}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":661,"b":667},{"a":697,"b":703}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":713,"b":717},{"a":745,"b":749}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":759,"b":763},{"a":806,"b":810}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":820,"b":822},{"a":864,"b":866}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":932,"b":938}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\"\nfrom deliveries d\n  join events e on e.id = d.event_id\n  join endpoints p on p.id = d.endpoint\nwhere\n  d.endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)\n  and d.status = 'dead' and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid\n  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)\n  and (:entity::text is null or e.entity = :entity)\n  and (:type::text is null or e.type = :type)\n  and (:from::timestamptz is null or e.accepted_at >= :from)\n  and (:to::timestamptz is null or e.accepted_at < :to)\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

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
 *   d.endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)
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


