/*
  A tenant's lanes that have something pending, or are paused or halted (with :state 'idle': those that have and are
  nothing of it), in the order of :sort: 'age' (oldest pending first) or 'depth' (longest first).
*/
/* @name listLanes */
with waiting as (
  select d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at
  from deliveries d
  where
    d.status = 'pending' and d.lane is not null and d.tenant = :tenant!
    and (:endpoint::uuid is null or d.endpoint = (select id from endpoints where public_id = :endpoint))
  group by d.lane
),
candidates as (
  select lane from waiting
  union
  select id from lanes where tenant = :tenant! and (paused or halted_sequence is not null)
  union
  select id from lanes where tenant = :tenant! and :state::text = 'idle'
),
described as (
  select
    l.id, l.endpoint, l.entity, l.shard, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at,
    coalesce(l.halted_sequence, w.head) as head_sequence, p.public_id, p.status as endpoint_status,
    h.event_id, h.replay, h.attempts, h.next_attempt_at, h.dead_reason,
    lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, h.next_attempt_at) as state,
    case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place
  from candidates c
    join lanes l on l.id = c.lane
    join endpoints p on p.id = l.endpoint and p.deleted_at is null
    left join waiting w on w.lane = l.id
    left join lateral (
      select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
      from deliveries d
      where
        d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = w.head
      union all
      select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
      from deliveries d
      where
        d.status = 'dead' and d.shard = l.shard and coalesce(d.lane, 0) = l.id
        and coalesce(d.sequence, 0) = l.halted_sequence
    ) h on true
  where
    l.tenant = :tenant!
    and (:endpoint::uuid is null or p.public_id = :endpoint)
    and (:entity::text is null or l.entity = :entity)
)
select
  id, public_id as "endpointId", endpoint, entity, state as "state!", endpoint_status as "endpointStatus", depth as "depth!",
  oldest_at as "oldestAt", head_sequence as "headSequence", event_id as "headEvent?", replay as "headReplay?",
  attempts as "headAttempts?", next_attempt_at as "nextAttemptAt?", dead_reason as "headDeadReason?", place as "place!"
from described
where (:state::text is null or state = :state) and (place, id) > (:afterPlace!::float8, :afterId!::bigint)
order by place, id
limit :limit!;
