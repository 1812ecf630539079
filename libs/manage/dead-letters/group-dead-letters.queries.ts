/** Types generated for queries found in "libs/manage/dead-letters/group-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'GroupDeadLetters' parameters type */
export interface IGroupDeadLettersParams {
  byEndpoint: boolean;
  byReason: boolean;
  byStatusCode: boolean;
  byType: boolean;
  endId: string;
  endpointId?: string | null | void;
  entity?: string | null | void;
  firstId: string;
  from?: DateOrString | null | void;
  limit: NumberOrString;
  needsEvent: boolean;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'GroupDeadLetters' return type */
export interface IGroupDeadLettersResult {
  count: number;
  endpointId: string | null;
  groups: number;
  letters: number;
  newestAt: Date;
  oldestAt: Date;
  reason: string | null;
  statusCode: number | null;
  type: string | null;
}

/** 'GroupDeadLetters' query type */
export interface IGroupDeadLettersQuery {
  params: IGroupDeadLettersParams;
  result: IGroupDeadLettersResult;
}

const groupDeadLettersIR: any = {"usedParamSet":{"byEndpoint":true,"byReason":true,"byStatusCode":true,"byType":true,"needsEvent":true,"tenant":true,"firstId":true,"endId":true,"endpointId":true,"entity":true,"type":true,"from":true,"to":true,"limit":true},"params":[{"name":"byEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":41,"b":52}]},{"name":"byReason","required":true,"transform":{"type":"scalar"},"locs":[{"a":110,"b":119}]},{"name":"byStatusCode","required":true,"transform":{"type":"scalar"},"locs":[{"a":178,"b":191},{"a":657,"b":670}]},{"name":"byType","required":true,"transform":{"type":"scalar"},"locs":[{"a":255,"b":262}]},{"name":"needsEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":485,"b":496},{"a":1141,"b":1152}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":890,"b":897},{"a":1105,"b":1112}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":917,"b":925}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":950,"b":956}]},{"name":"endpointId","required":false,"transform":{"type":"scalar"},"locs":[{"a":980,"b":990},{"a":1078,"b":1088}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1183,"b":1189}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":1224,"b":1228}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":1277,"b":1281}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":1339,"b":1341}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":2014,"b":2020}]}],"statement":"with letters as (\n  select\n    case when :byEndpoint!::boolean then d.endpoint end as endpoint,\n    case when :byReason!::boolean then d.dead_reason end as reason,\n    case when :byStatusCode!::boolean then a.status_code end as status_code,\n    case when :byType!::boolean then e.type end as type,\n    d.finished_at\n  from deliveries d\n    -- OFFSET 0: by key, for each dead letter.\n    left join lateral (\n      select events.type, events.entity, events.accepted_at from events where :needsEvent!::boolean and events.id = d.event_id offset 0\n    ) e on true\n    left join lateral (\n      select attempts.status_code\n      from attempts\n      where\n        :byStatusCode! and attempts.event_id = d.event_id and attempts.endpoint = d.endpoint and attempts.replay = d.replay\n        and attempts.number = d.attempts\n      offset 0\n    ) a on true\n  where\n    d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid\n    and (\n      :endpointId::uuid is null\n      or d.endpoint = (select p.id from endpoints p where p.public_id = :endpointId and p.tenant = :tenant!)\n    )\n    and (\n      not :needsEvent!\n      or e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n        and e.accepted_at >= coalesce(:from, '-infinity'::timestamptz) and e.accepted_at < coalesce(:to, 'infinity'::timestamptz)\n    )\n),\ngrouped as (\n  select endpoint, reason, status_code, type, count(*) as letters, min(finished_at) as oldest_at, max(finished_at) as newest_at\n  from letters\n  group by endpoint, reason, status_code, type\n)\nselect\n  p.public_id as \"endpointId?\", g.reason as \"reason?\", g.status_code as \"statusCode?\", g.type as \"type?\", g.letters::integer as \"count!\",\n  g.oldest_at as \"oldestAt!\", g.newest_at as \"newestAt!\", (count(*) over ())::integer as \"groups!\",\n  (sum(g.letters) over ())::integer as \"letters!\"\nfrom grouped g\n  left join endpoints p on p.id = g.endpoint\norder by g.letters desc, p.public_id, g.reason, g.status_code, g.type\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * with letters as (
 *   select
 *     case when :byEndpoint!::boolean then d.endpoint end as endpoint,
 *     case when :byReason!::boolean then d.dead_reason end as reason,
 *     case when :byStatusCode!::boolean then a.status_code end as status_code,
 *     case when :byType!::boolean then e.type end as type,
 *     d.finished_at
 *   from deliveries d
 *     -- OFFSET 0: by key, for each dead letter.
 *     left join lateral (
 *       select events.type, events.entity, events.accepted_at from events where :needsEvent!::boolean and events.id = d.event_id offset 0
 *     ) e on true
 *     left join lateral (
 *       select attempts.status_code
 *       from attempts
 *       where
 *         :byStatusCode! and attempts.event_id = d.event_id and attempts.endpoint = d.endpoint and attempts.replay = d.replay
 *         and attempts.number = d.attempts
 *       offset 0
 *     ) a on true
 *   where
 *     d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
 *     and (
 *       :endpointId::uuid is null
 *       or d.endpoint = (select p.id from endpoints p where p.public_id = :endpointId and p.tenant = :tenant!)
 *     )
 *     and (
 *       not :needsEvent!
 *       or e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
 *         and e.accepted_at >= coalesce(:from, '-infinity'::timestamptz) and e.accepted_at < coalesce(:to, 'infinity'::timestamptz)
 *     )
 * ),
 * grouped as (
 *   select endpoint, reason, status_code, type, count(*) as letters, min(finished_at) as oldest_at, max(finished_at) as newest_at
 *   from letters
 *   group by endpoint, reason, status_code, type
 * )
 * select
 *   p.public_id as "endpointId?", g.reason as "reason?", g.status_code as "statusCode?", g.type as "type?", g.letters::integer as "count!",
 *   g.oldest_at as "oldestAt!", g.newest_at as "newestAt!", (count(*) over ())::integer as "groups!",
 *   (sum(g.letters) over ())::integer as "letters!"
 * from grouped g
 *   left join endpoints p on p.id = g.endpoint
 * order by g.letters desc, p.public_id, g.reason, g.status_code, g.type
 * limit :limit!
 * ```
 */
export const groupDeadLetters = new PreparedQuery<IGroupDeadLettersParams,IGroupDeadLettersResult>(groupDeadLettersIR);


