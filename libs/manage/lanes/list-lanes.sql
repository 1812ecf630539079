/*
  Lists a tenant's lanes that have pending deliveries, are paused or are halted (with :state 'idle' the others), by :sort:
  'age' (oldest pending delivery first) or 'depth' (longest first).

  Reads no delivery but the first of a lane: the counters give the depth. By depth these are the lanes of the page, by age
  all that wait. With :endpoint the candidates are its lanes, with :entity one lane for each endpoint. Without them the
  index of pending deliveries names up to :few lanes, one look-up each; if more wait, all lanes are read instead.
*/
/* @name listLanes */
with recursive walked as (
  select s.shard, d.lane
  from shard_leases s
    cross join lateral (
      select lane from deliveries where status = 'pending' and shard = s.shard and lane > 0 order by lane limit 1
    ) d
  where :endpoint::uuid is null and :entity::text is null
  union all
  select w.shard, d.lane
  from walked w
    cross join lateral (
      select lane from deliveries where status = 'pending' and shard = w.shard and lane > w.lane order by lane limit 1
    ) d
),
waiting as materialized (
  select lane from walked limit :few!::integer + 1
),
-- OFFSET 0: by key, one by one. No lane comes twice.
candidates as (
  select l.*
  from endpoints p
    cross join lateral (select * from lanes where endpoint = p.id and entity = :entity offset 0) l
  where :entity is not null and p.tenant = :tenant! and p.deleted_at is null and (:endpoint is null or p.public_id = :endpoint)
  union all
  select l.*
  from endpoints p
    join lanes l on l.endpoint = p.id
  where :entity is null and p.public_id = :endpoint and p.tenant = :tenant and p.deleted_at is null
  union all
  select l.*
  from waiting w
    cross join lateral (select * from lanes where id = w.lane offset 0) l
  where (select count(*) from waiting) <= :few
  union all
  select *
  from lanes
  where
    :endpoint is null and :entity is null and (select count(*) from waiting) > :few
    and tenant = :tenant and (tail_sequence > closed_sequence or replays > 0)
  union all
  select *
  from lanes
  where
    :endpoint is null and :entity is null and tenant = :tenant and (paused or halted_sequence is not null)
    and tail_sequence = closed_sequence and replays = 0
  union all
  select *
  from lanes
  where
    :endpoint is null and :entity is null and :state::text = 'idle' and tenant = :tenant
    and not paused and halted_sequence is null and tail_sequence = closed_sequence and replays = 0
),
limited as materialized (
  select endpoint from rate_limited_endpoints where tenant = :tenant
),
placed as (
  select
    l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, n.depth, p.public_id, p.status as endpoint_status,
    r.limited, o.place
  from candidates l
    join endpoints p on p.id = l.endpoint and p.deleted_at is null
    cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n
    -- Whether the lane sends or waits only its head says.
    cross join lateral (select l.endpoint in (select endpoint from limited) as limited) r
    cross join lateral (select lane_state(l.paused, l.halted_sequence, n.depth, p.status, null, r.limited) as state) s
    -- OFFSET 0: once a lane.
    cross join lateral (
      select case
        when :sort!::text = 'depth' then -n.depth
        when n.depth = 0 then 1e12
        else (
          select extract(epoch from d.created_at)
          from deliveries d
          where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
          order by d.sequence
          limit 1
        )
      end::float8 as place
      offset 0
    ) o
  where
    l.tenant = :tenant
    and case when :state is null then s.state <> 'idle' else s.state = :state or (s.state = 'sending' and :state = 'waiting') end
    and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)
  order by o.place, l.id
)
select
  l.id as "id!", l.public_id as "endpointId", l.endpoint as "endpoint!", l.entity as "entity!", s.state as "state!", l.endpoint_status as "endpointStatus",
  k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as "isHeldByBreaker!",
  l.depth as "depth!", f.created_at as "oldestAt?", coalesce(l.halted_sequence, f.sequence) as "headSequence",
  h.event_id as "headEvent?", h.replay as "headReplay?", h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?",
  h.dead_reason as "headDeadReason?", l.limited and coalesce(h.next_attempt_at <= now(), true) as "isRateLimited!",
  l.place as "place!"
from placed l
  left join lateral (
    select d.event_id, d.replay, d.sequence, d.attempts, d.next_attempt_at, d.dead_reason, d.created_at
    from deliveries d
    where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
    order by d.sequence
    limit 1
  ) f on true
  left join lateral (
    select f.event_id, f.replay, f.attempts, f.next_attempt_at, f.dead_reason
    where l.halted_sequence is null
    union all
    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
    from deliveries d
    where
      d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id
      and coalesce(d.sequence, 0) = l.halted_sequence
  ) h on true
  left join lateral (
    select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'
  ) k on true
  cross join lateral (
    select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, greatest(h.next_attempt_at, k.holds_until), l.limited) as state
  ) s
where :state is null or s.state = :state
order by l.place, l.id
limit :limit!;
