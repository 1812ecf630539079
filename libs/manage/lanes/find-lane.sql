/* Finds a lane by endpoint and entity, with the columns of list-lanes.sql. Idle lanes too. */
/* @name findLane */
select
  l.id, p.public_id as "endpointId", l.endpoint, l.entity,
  lane_state(l.paused, l.halted_sequence, w.depth, p.status, h.next_attempt_at) as "state!",
  p.status as "endpointStatus", w.depth as "depth!", w.oldest_at as "oldestAt",
  coalesce(l.halted_sequence, w.head) as "headSequence", h.event_id as "headEvent?", h.replay as "headReplay?",
  h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?", h.dead_reason as "headDeadReason?", 0::float8 as "place!"
from endpoints p
  join lanes l on l.endpoint = p.id and l.entity = :entity!
  cross join lateral (
    select count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at
    from deliveries d
    where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
  ) w
  left join lateral (
    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
    from deliveries d
    where d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = w.head
    union all
    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
    from deliveries d
    where
      d.status = 'dead' and d.shard = l.shard and coalesce(d.lane, 0) = l.id
      and coalesce(d.sequence, 0) = l.halted_sequence
  ) h on true
where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null;
