/** Types generated for queries found in "libs/manage/lanes/list-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

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

const listLanesIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"state":true,"sort":true,"entity":true,"afterPlace":true,"afterId":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":257,"b":264},{"a":481,"b":488},{"a":580,"b":587},{"a":1331,"b":1338}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":275,"b":283},{"a":359,"b":367},{"a":1349,"b":1357},{"a":1390,"b":1398}]},{"name":"state","required":false,"transform":{"type":"scalar"},"locs":[{"a":593,"b":598},{"a":1464,"b":1469},{"a":1498,"b":1503},{"a":1509,"b":1514},{"a":2771,"b":2776},{"a":2805,"b":2810}]},{"name":"sort","required":true,"transform":{"type":"scalar"},"locs":[{"a":1028,"b":1033}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":1410,"b":1416},{"a":1446,"b":1452}]},{"name":"afterPlace","required":true,"transform":{"type":"scalar"},"locs":[{"a":1581,"b":1592}]},{"name":"afterId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1603,"b":1611}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":2841,"b":2847}]}],"statement":"with waiting as (\n  select\n    d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at,\n    bool_or(d.next_attempt_at > now()) as retrying\n  from deliveries d\n  where\n    d.status = 'pending' and d.lane is not null and d.tenant = :tenant!\n    and (:endpoint::uuid is null or d.endpoint = (select id from endpoints where public_id = :endpoint))\n  group by d.lane\n),\ncandidates as (\n  select lane from waiting\n  union\n  select id from lanes where tenant = :tenant! and (paused or halted_sequence is not null)\n  union\n  select id from lanes where tenant = :tenant! and :state::text = 'idle'\n),\nplaced as (\n  select\n    l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at, w.head,\n    p.public_id, p.status as endpoint_status, o.place\n  from candidates c\n    join lanes l on l.id = c.lane\n    join endpoints p on p.id = l.endpoint and p.deleted_at is null\n    left join waiting w on w.lane = l.id\n    cross join lateral (\n      select\n        case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place,\n        lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, case when w.retrying then 'infinity'::timestamptz end) as state\n    ) o\n  where\n    l.tenant = :tenant!\n    and (:endpoint::uuid is null or p.public_id = :endpoint)\n    and (:entity::text is null or l.entity = :entity)\n    and (:state::text is null or o.state = :state or (:state = 'sending' and o.state = 'waiting'))\n    and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)\n  order by o.place, l.id\n)\nselect\n  l.id, l.public_id as \"endpointId\", l.endpoint, l.entity, s.state as \"state!\", l.endpoint_status as \"endpointStatus\",\n  l.depth as \"depth!\", l.oldest_at as \"oldestAt\", coalesce(l.halted_sequence, l.head) as \"headSequence\",\n  h.event_id as \"headEvent?\", h.replay as \"headReplay?\", h.attempts as \"headAttempts?\", h.next_attempt_at as \"nextAttemptAt?\",\n  h.dead_reason as \"headDeadReason?\", l.place as \"place!\"\nfrom placed l\n  left join lateral (\n    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n    from deliveries d\n    where d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = l.head\n    union all\n    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n    from deliveries d\n    where\n      d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id\n      and coalesce(d.sequence, 0) = l.halted_sequence\n  ) h on true\n  cross join lateral (\n    select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, h.next_attempt_at) as state\n  ) s\nwhere :state::text is null or s.state = :state\norder by l.place, l.id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * with waiting as (
 *   select
 *     d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at,
 *     bool_or(d.next_attempt_at > now()) as retrying
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
 * placed as (
 *   select
 *     l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at, w.head,
 *     p.public_id, p.status as endpoint_status, o.place
 *   from candidates c
 *     join lanes l on l.id = c.lane
 *     join endpoints p on p.id = l.endpoint and p.deleted_at is null
 *     left join waiting w on w.lane = l.id
 *     cross join lateral (
 *       select
 *         case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place,
 *         lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, case when w.retrying then 'infinity'::timestamptz end) as state
 *     ) o
 *   where
 *     l.tenant = :tenant!
 *     and (:endpoint::uuid is null or p.public_id = :endpoint)
 *     and (:entity::text is null or l.entity = :entity)
 *     and (:state::text is null or o.state = :state or (:state = 'sending' and o.state = 'waiting'))
 *     and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)
 *   order by o.place, l.id
 * )
 * select
 *   l.id, l.public_id as "endpointId", l.endpoint, l.entity, s.state as "state!", l.endpoint_status as "endpointStatus",
 *   l.depth as "depth!", l.oldest_at as "oldestAt", coalesce(l.halted_sequence, l.head) as "headSequence",
 *   h.event_id as "headEvent?", h.replay as "headReplay?", h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?",
 *   h.dead_reason as "headDeadReason?", l.place as "place!"
 * from placed l
 *   left join lateral (
 *     select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *     from deliveries d
 *     where d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = l.head
 *     union all
 *     select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *     from deliveries d
 *     where
 *       d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id
 *       and coalesce(d.sequence, 0) = l.halted_sequence
 *   ) h on true
 *   cross join lateral (
 *     select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, h.next_attempt_at) as state
 *   ) s
 * where :state::text is null or s.state = :state
 * order by l.place, l.id
 * limit :limit!
 * ```
 */
export const listLanes = new PreparedQuery<IListLanesParams,IListLanesResult>(listLanesIR);


