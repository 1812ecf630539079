/** Types generated for queries found in "libs/lanes/src/list-lanes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type NumberOrString = number | string;

/** 'ListLanes' parameters type */
export interface IListLanesParams {
  afterId: NumberOrString;
  afterPlace: number;
  endpoint?: string | null | void;
  entity?: string | null | void;
  limit: NumberOrString;
  sort: string;
  state?: string | null | void;
  tenant: string;
}

/** 'ListLanes' return type */
export interface IListLanesResult {
  depth: number;
  endpoint: number;
  endpointId: string;
  endpointStatus: endpoint_status;
  entity: string;
  headAttempts: number | null;
  headDeadReason: string | null;
  headEvent: string | null;
  headReplay: number | null;
  headSequence: number | null;
  id: number;
  nextAttemptAt: Date | null;
  oldestAt: Date | null;
  place: number;
  state: string;
}

/** 'ListLanes' query type */
export interface IListLanesQuery {
  params: IListLanesParams;
  result: IListLanesResult;
}

const listLanesIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"state":true,"sort":true,"entity":true,"afterPlace":true,"afterId":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":201,"b":208},{"a":425,"b":432},{"a":524,"b":531},{"a":1834,"b":1841}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":219,"b":227},{"a":303,"b":311},{"a":1852,"b":1860},{"a":1893,"b":1901}]},{"name":"state","required":false,"transform":{"type":"scalar"},"locs":[{"a":537,"b":542},{"a":2346,"b":2351},{"a":2378,"b":2383}]},{"name":"sort","required":true,"transform":{"type":"scalar"},"locs":[{"a":976,"b":981}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1913,"b":1919},{"a":1949,"b":1955}]},{"name":"afterPlace","required":true,"transform":{"type":"scalar"},"locs":[{"a":2405,"b":2416}]},{"name":"afterId","required":true,"transform":{"type":"scalar"},"locs":[{"a":2427,"b":2435}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":2471,"b":2477}]}],"statement":"with waiting as (\n  select d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at\n  from deliveries d\n  where\n    d.status = 'pending' and d.lane is not null and d.tenant = :tenant!\n    and (:endpoint::uuid is null or d.endpoint = (select id from endpoints where public_id = :endpoint))\n  group by d.lane\n),\ncandidates as (\n  select lane from waiting\n  union\n  select id from lanes where tenant = :tenant! and (paused or halted_sequence is not null)\n  union\n  select id from lanes where tenant = :tenant! and :state::text = 'idle'\n),\ndescribed as (\n  select\n    l.id, l.endpoint, l.entity, l.shard, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at,\n    coalesce(l.halted_sequence, w.head) as head_sequence, p.public_id, p.status as endpoint_status,\n    h.event_id, h.replay, h.attempts, h.next_attempt_at, h.dead_reason,\n    lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, h.next_attempt_at) as state,\n    case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place\n  from candidates c\n    join lanes l on l.id = c.lane\n    join endpoints p on p.id = l.endpoint and p.deleted_at is null\n    left join waiting w on w.lane = l.id\n    left join lateral (\n      select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n      from deliveries d\n      where\n        d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = w.head\n      union all\n      select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n      from deliveries d\n      where\n        d.status = 'dead' and d.shard = l.shard and coalesce(d.lane, 0) = l.id\n        and coalesce(d.sequence, 0) = l.halted_sequence\n    ) h on true\n  where\n    l.tenant = :tenant!\n    and (:endpoint::uuid is null or p.public_id = :endpoint)\n    and (:entity::text is null or l.entity = :entity)\n)\nselect\n  id, public_id as \"endpointId\", endpoint, entity, state as \"state!\", endpoint_status as \"endpointStatus\", depth as \"depth!\",\n  oldest_at as \"oldestAt\", head_sequence as \"headSequence\", event_id as \"headEvent?\", replay as \"headReplay?\",\n  attempts as \"headAttempts?\", next_attempt_at as \"nextAttemptAt?\", dead_reason as \"headDeadReason?\", place as \"place!\"\nfrom described\nwhere (:state::text is null or state = :state) and (place, id) > (:afterPlace!::float8, :afterId!::bigint)\norder by place, id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * with waiting as (
 *   select d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at
 *   from deliveries d
 *   where
 *     d.status = 'pending' and d.lane is not null and d.tenant = :tenant!
 *     and (:endpoint::uuid is null or d.endpoint = (select id from endpoints where public_id = :endpoint))
 *   group by d.lane
 * ),
 * candidates as (
 *   select lane from waiting
 *   union
 *   select id from lanes where tenant = :tenant! and (paused or halted_sequence is not null)
 *   union
 *   select id from lanes where tenant = :tenant! and :state::text = 'idle'
 * ),
 * described as (
 *   select
 *     l.id, l.endpoint, l.entity, l.shard, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at,
 *     coalesce(l.halted_sequence, w.head) as head_sequence, p.public_id, p.status as endpoint_status,
 *     h.event_id, h.replay, h.attempts, h.next_attempt_at, h.dead_reason,
 *     lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, h.next_attempt_at) as state,
 *     case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place
 *   from candidates c
 *     join lanes l on l.id = c.lane
 *     join endpoints p on p.id = l.endpoint and p.deleted_at is null
 *     left join waiting w on w.lane = l.id
 *     left join lateral (
 *       select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *       from deliveries d
 *       where
 *         d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = w.head
 *       union all
 *       select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *       from deliveries d
 *       where
 *         d.status = 'dead' and d.shard = l.shard and coalesce(d.lane, 0) = l.id
 *         and coalesce(d.sequence, 0) = l.halted_sequence
 *     ) h on true
 *   where
 *     l.tenant = :tenant!
 *     and (:endpoint::uuid is null or p.public_id = :endpoint)
 *     and (:entity::text is null or l.entity = :entity)
 * )
 * select
 *   id, public_id as "endpointId", endpoint, entity, state as "state!", endpoint_status as "endpointStatus", depth as "depth!",
 *   oldest_at as "oldestAt", head_sequence as "headSequence", event_id as "headEvent?", replay as "headReplay?",
 *   attempts as "headAttempts?", next_attempt_at as "nextAttemptAt?", dead_reason as "headDeadReason?", place as "place!"
 * from described
 * where (:state::text is null or state = :state) and (place, id) > (:afterPlace!::float8, :afterId!::bigint)
 * order by place, id
 * limit :limit!
 * ```
 */
export const listLanes = new PreparedQuery<IListLanesParams,IListLanesResult>(listLanesIR);


