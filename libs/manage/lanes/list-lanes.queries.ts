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
  few: number;
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
  isHeldByBreaker: boolean;
  isRateLimited: boolean;
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

const listLanesIR: any = {"usedParamSet":{"endpoint":true,"entity":true,"few":true,"tenant":true,"state":true,"sort":true,"afterPlace":true,"afterId":true,"limit":true},"params":[{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":229,"b":237},{"a":850,"b":858},{"a":885,"b":893},{"a":1020,"b":1028},{"a":1289,"b":1297},{"a":1495,"b":1503},{"a":1702,"b":1710}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":257,"b":263},{"a":748,"b":754},{"a":776,"b":782},{"a":986,"b":992},{"a":1311,"b":1317},{"a":1517,"b":1523},{"a":1724,"b":1730}]},{"name":"few","required":true,"transform":{"type":"scalar"},"locs":[{"a":545,"b":549},{"a":1236,"b":1239},{"a":1364,"b":1367}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":811,"b":818},{"a":1045,"b":1051},{"a":1386,"b":1392},{"a":1546,"b":1552},{"a":1779,"b":1785},{"a":1976,"b":1982},{"a":3057,"b":3063}]},{"name":"state","required":false,"transform":{"type":"scalar"},"locs":[{"a":1744,"b":1749},{"a":3083,"b":3088},{"a":3136,"b":3141},{"a":3171,"b":3176},{"a":4985,"b":4990},{"a":5013,"b":5018}]},{"name":"sort","required":true,"transform":{"type":"scalar"},"locs":[{"a":2684,"b":2689}]},{"name":"afterPlace","required":true,"transform":{"type":"scalar"},"locs":[{"a":3222,"b":3233}]},{"name":"afterId","required":true,"transform":{"type":"scalar"},"locs":[{"a":3244,"b":3252}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":5049,"b":5055}]}],"statement":"with recursive walked as (\n  select s.shard, d.lane\n  from shard_leases s\n    cross join lateral (\n      select lane from deliveries where status = 'pending' and shard = s.shard and lane > 0 order by lane limit 1\n    ) d\n  where :endpoint::uuid is null and :entity::text is null\n  union all\n  select w.shard, d.lane\n  from walked w\n    cross join lateral (\n      select lane from deliveries where status = 'pending' and shard = w.shard and lane > w.lane order by lane limit 1\n    ) d\n),\nwaiting as materialized (\n  select lane from walked limit :few!::integer + 1\n),\n-- OFFSET 0: by key, one by one. No lane comes twice.\ncandidates as (\n  select l.*\n  from endpoints p\n    cross join lateral (select * from lanes where endpoint = p.id and entity = :entity offset 0) l\n  where :entity is not null and p.tenant = :tenant! and p.deleted_at is null and (:endpoint is null or p.public_id = :endpoint)\n  union all\n  select l.*\n  from endpoints p\n    join lanes l on l.endpoint = p.id\n  where :entity is null and p.public_id = :endpoint and p.tenant = :tenant and p.deleted_at is null\n  union all\n  select l.*\n  from waiting w\n    cross join lateral (select * from lanes where id = w.lane offset 0) l\n  where (select count(*) from waiting) <= :few\n  union all\n  select *\n  from lanes\n  where\n    :endpoint is null and :entity is null and (select count(*) from waiting) > :few\n    and tenant = :tenant and (tail_sequence > closed_sequence or replays > 0)\n  union all\n  select *\n  from lanes\n  where\n    :endpoint is null and :entity is null and tenant = :tenant and (paused or halted_sequence is not null)\n    and tail_sequence = closed_sequence and replays = 0\n  union all\n  select *\n  from lanes\n  where\n    :endpoint is null and :entity is null and :state::text = 'idle' and tenant = :tenant\n    and not paused and halted_sequence is null and tail_sequence = closed_sequence and replays = 0\n),\nlimited as materialized (\n  select endpoint from rate_limited_endpoints where tenant = :tenant\n),\nplaced as (\n  select\n    l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, n.depth, p.public_id, p.status as endpoint_status,\n    r.limited, o.place\n  from candidates l\n    join endpoints p on p.id = l.endpoint and p.deleted_at is null\n    cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n\n    -- Whether the lane sends or waits only its head says.\n    cross join lateral (select l.endpoint in (select endpoint from limited) as limited) r\n    cross join lateral (select lane_state(l.paused, l.halted_sequence, n.depth, p.status, null, r.limited) as state) s\n    -- OFFSET 0: once a lane.\n    cross join lateral (\n      select case\n        when :sort!::text = 'depth' then -n.depth\n        when n.depth = 0 then 1e12\n        else (\n          select extract(epoch from d.created_at)\n          from deliveries d\n          where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n          order by d.sequence\n          limit 1\n        )\n      end::float8 as place\n      offset 0\n    ) o\n  where\n    l.tenant = :tenant\n    and case when :state is null then s.state <> 'idle' else s.state = :state or (s.state = 'sending' and :state = 'waiting') end\n    and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)\n  order by o.place, l.id\n)\nselect\n  l.id as \"id!\", l.public_id as \"endpointId\", l.endpoint as \"endpoint!\", l.entity as \"entity!\", s.state as \"state!\", l.endpoint_status as \"endpointStatus\",\n  k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as \"isHeldByBreaker!\",\n  l.depth as \"depth!\", f.created_at as \"oldestAt?\", coalesce(l.halted_sequence, f.sequence) as \"headSequence\",\n  h.event_id as \"headEvent?\", h.replay as \"headReplay?\", h.attempts as \"headAttempts?\", h.next_attempt_at as \"nextAttemptAt?\",\n  h.dead_reason as \"headDeadReason?\", l.limited and coalesce(h.next_attempt_at <= now(), true) as \"isRateLimited!\",\n  l.place as \"place!\"\nfrom placed l\n  left join lateral (\n    select d.event_id, d.replay, d.sequence, d.attempts, d.next_attempt_at, d.dead_reason, d.created_at\n    from deliveries d\n    where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n    order by d.sequence\n    limit 1\n  ) f on true\n  left join lateral (\n    select f.event_id, f.replay, f.attempts, f.next_attempt_at, f.dead_reason\n    where l.halted_sequence is null\n    union all\n    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n    from deliveries d\n    where\n      d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id\n      and coalesce(d.sequence, 0) = l.halted_sequence\n  ) h on true\n  left join lateral (\n    select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'\n  ) k on true\n  cross join lateral (\n    select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, greatest(h.next_attempt_at, k.holds_until), l.limited) as state\n  ) s\nwhere :state is null or s.state = :state\norder by l.place, l.id\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * with recursive walked as (
 *   select s.shard, d.lane
 *   from shard_leases s
 *     cross join lateral (
 *       select lane from deliveries where status = 'pending' and shard = s.shard and lane > 0 order by lane limit 1
 *     ) d
 *   where :endpoint::uuid is null and :entity::text is null
 *   union all
 *   select w.shard, d.lane
 *   from walked w
 *     cross join lateral (
 *       select lane from deliveries where status = 'pending' and shard = w.shard and lane > w.lane order by lane limit 1
 *     ) d
 * ),
 * waiting as materialized (
 *   select lane from walked limit :few!::integer + 1
 * ),
 * -- OFFSET 0: by key, one by one. No lane comes twice.
 * candidates as (
 *   select l.*
 *   from endpoints p
 *     cross join lateral (select * from lanes where endpoint = p.id and entity = :entity offset 0) l
 *   where :entity is not null and p.tenant = :tenant! and p.deleted_at is null and (:endpoint is null or p.public_id = :endpoint)
 *   union all
 *   select l.*
 *   from endpoints p
 *     join lanes l on l.endpoint = p.id
 *   where :entity is null and p.public_id = :endpoint and p.tenant = :tenant and p.deleted_at is null
 *   union all
 *   select l.*
 *   from waiting w
 *     cross join lateral (select * from lanes where id = w.lane offset 0) l
 *   where (select count(*) from waiting) <= :few
 *   union all
 *   select *
 *   from lanes
 *   where
 *     :endpoint is null and :entity is null and (select count(*) from waiting) > :few
 *     and tenant = :tenant and (tail_sequence > closed_sequence or replays > 0)
 *   union all
 *   select *
 *   from lanes
 *   where
 *     :endpoint is null and :entity is null and tenant = :tenant and (paused or halted_sequence is not null)
 *     and tail_sequence = closed_sequence and replays = 0
 *   union all
 *   select *
 *   from lanes
 *   where
 *     :endpoint is null and :entity is null and :state::text = 'idle' and tenant = :tenant
 *     and not paused and halted_sequence is null and tail_sequence = closed_sequence and replays = 0
 * ),
 * limited as materialized (
 *   select endpoint from rate_limited_endpoints where tenant = :tenant
 * ),
 * placed as (
 *   select
 *     l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, n.depth, p.public_id, p.status as endpoint_status,
 *     r.limited, o.place
 *   from candidates l
 *     join endpoints p on p.id = l.endpoint and p.deleted_at is null
 *     cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n
 *     -- Whether the lane sends or waits only its head says.
 *     cross join lateral (select l.endpoint in (select endpoint from limited) as limited) r
 *     cross join lateral (select lane_state(l.paused, l.halted_sequence, n.depth, p.status, null, r.limited) as state) s
 *     -- OFFSET 0: once a lane.
 *     cross join lateral (
 *       select case
 *         when :sort!::text = 'depth' then -n.depth
 *         when n.depth = 0 then 1e12
 *         else (
 *           select extract(epoch from d.created_at)
 *           from deliveries d
 *           where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *           order by d.sequence
 *           limit 1
 *         )
 *       end::float8 as place
 *       offset 0
 *     ) o
 *   where
 *     l.tenant = :tenant
 *     and case when :state is null then s.state <> 'idle' else s.state = :state or (s.state = 'sending' and :state = 'waiting') end
 *     and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)
 *   order by o.place, l.id
 * )
 * select
 *   l.id as "id!", l.public_id as "endpointId", l.endpoint as "endpoint!", l.entity as "entity!", s.state as "state!", l.endpoint_status as "endpointStatus",
 *   k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as "isHeldByBreaker!",
 *   l.depth as "depth!", f.created_at as "oldestAt?", coalesce(l.halted_sequence, f.sequence) as "headSequence",
 *   h.event_id as "headEvent?", h.replay as "headReplay?", h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?",
 *   h.dead_reason as "headDeadReason?", l.limited and coalesce(h.next_attempt_at <= now(), true) as "isRateLimited!",
 *   l.place as "place!"
 * from placed l
 *   left join lateral (
 *     select d.event_id, d.replay, d.sequence, d.attempts, d.next_attempt_at, d.dead_reason, d.created_at
 *     from deliveries d
 *     where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *     order by d.sequence
 *     limit 1
 *   ) f on true
 *   left join lateral (
 *     select f.event_id, f.replay, f.attempts, f.next_attempt_at, f.dead_reason
 *     where l.halted_sequence is null
 *     union all
 *     select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *     from deliveries d
 *     where
 *       d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id
 *       and coalesce(d.sequence, 0) = l.halted_sequence
 *   ) h on true
 *   left join lateral (
 *     select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'
 *   ) k on true
 *   cross join lateral (
 *     select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, greatest(h.next_attempt_at, k.holds_until), l.limited) as state
 *   ) s
 * where :state is null or s.state = :state
 * order by l.place, l.id
 * limit :limit!
 * ```
 */
export const listLanes = new PreparedQuery<IListLanesParams,IListLanesResult>(listLanesIR);


