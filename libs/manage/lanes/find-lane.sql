/*
  Finds a lane by endpoint and entity, with the columns of list-lanes.sql. Idle lanes too. Takes the same time for any
  depth: the lane's counters give it, and its first pending delivery is its oldest.
*/
/* @name findLane */
select
  l.id, p.public_id as "endpointId", l.endpoint, l.entity,
  lane_state(l.paused, l.halted_sequence, n.depth, p.status, greatest(h.next_attempt_at, k.holds_until), r.limited) as "state!",
  k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as "isHeldByBreaker!",
  r.limited and coalesce(h.next_attempt_at <= now(), true) as "isRateLimited!",
  p.status as "endpointStatus", n.depth as "depth!", f.created_at as "oldestAt?",
  coalesce(l.halted_sequence, f.sequence) as "headSequence", h.event_id as "headEvent?", h.replay as "headReplay?",
  h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?", h.dead_reason as "headDeadReason?", 0::float8 as "place!"
from endpoints p
  join lanes l on l.endpoint = p.id and l.entity = :entity!
  cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n
  cross join lateral (select exists (select from rate_limited_endpoints where endpoint = p.id) as limited) r
  left join lateral (
    select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'
  ) k on true
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
where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null;
