/** Types generated for queries found in "libs/manage/dead-letters/list-endpoint-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type delivery_status = 'dead' | 'delivered' | 'discarded' | 'pending';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListEndpointDeadLetters' parameters type */
export interface IListEndpointDeadLettersParams {
  belowEndpoint: number;
  belowEvent: string;
  belowReplay: number;
  endpointId: string;
  entity?: string | null | void;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  mostRead: NumberOrString;
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
  isLast: boolean;
  matches: boolean;
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

const listEndpointDeadLettersIR: any = {"usedParamSet":{"mostRead":true,"endpointId":true,"tenant":true,"firstId":true,"belowEvent":true,"belowEndpoint":true,"belowReplay":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":412,"b":421},{"a":887,"b":896}]},{"name":"endpointId","required":true,"transform":{"type":"scalar"},"locs":[{"a":565,"b":576}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":591,"b":598}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":647,"b":655}]},{"name":"belowEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":679,"b":690},{"a":744,"b":755}]},{"name":"belowEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":764,"b":778}]},{"name":"belowReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":790,"b":802}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1130,"b":1136},{"a":1166,"b":1172}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":1180,"b":1184},{"a":1212,"b":1216}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":1232,"b":1236},{"a":1279,"b":1283}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":1299,"b":1301},{"a":1343,"b":1345}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1457,"b":1463}]}],"statement":"select\n  d.event_id as \"eventId\", d.endpoint, d.replay, p.public_id as \"endpointId\", e.type, e.entity, d.sequence, d.status,\n  d.attempts, d.next_attempt_at as \"nextAttemptAt\", d.dead_reason as \"deadReason\", d.created_at as \"createdAt\",\n  d.finished_at as \"finishedAt\", m.matches as \"matches!\", d.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last\n    from (\n        select *\n        from deliveries\n        where\n          endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)\n          and status = 'dead' and event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid\n          and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)\n        order by event_id desc, endpoint desc, replay desc\n        limit :mostRead!::bigint\n      ) newest\n  ) d\n  -- OFFSET 0: by key, for each dead letter.\n  cross join lateral (select * from events where id = d.event_id offset 0) e\n  join endpoints p on p.id = d.endpoint\n  cross join lateral (\n    select\n      (:entity::text is null or e.entity = :entity) and (:type::text is null or e.type = :type)\n        and (:from::timestamptz is null or e.accepted_at >= :from)\n        and (:to::timestamptz is null or e.accepted_at < :to) as matches\n  ) m\nwhere m.matches or d.is_last\norder by d.event_id desc, d.endpoint desc, d.replay desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
 *   d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
 *   d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last
 *     from (
 *         select *
 *         from deliveries
 *         where
 *           endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)
 *           and status = 'dead' and event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid
 *           and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
 *         order by event_id desc, endpoint desc, replay desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) d
 *   -- OFFSET 0: by key, for each dead letter.
 *   cross join lateral (select * from events where id = d.event_id offset 0) e
 *   join endpoints p on p.id = d.endpoint
 *   cross join lateral (
 *     select
 *       (:entity::text is null or e.entity = :entity) and (:type::text is null or e.type = :type)
 *         and (:from::timestamptz is null or e.accepted_at >= :from)
 *         and (:to::timestamptz is null or e.accepted_at < :to) as matches
 *   ) m
 * where m.matches or d.is_last
 * order by d.event_id desc, d.endpoint desc, d.replay desc
 * limit :limit!
 * ```
 */
export const listEndpointDeadLetters = new PreparedQuery<IListEndpointDeadLettersParams,IListEndpointDeadLettersResult>(listEndpointDeadLettersIR);


