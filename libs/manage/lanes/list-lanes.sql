/*
  Lists a tenant's lanes that have pending deliveries, are paused or are halted (with :state 'idle' the others), by :sort:
  'age' (oldest pending delivery first) or 'depth' (longest first).

  The order needs all pending deliveries. A head is looked up in every partition, so only for the lanes of the page: before
  that a lane with any later attempt counts as waiting, and after that only if it is its head's attempt.
*/
/* @name listLanes */
with waiting as (
  select
    d.lane, count(*) as depth, min(d.sequence) as head, min(d.created_at) as oldest_at,
    bool_or(d.next_attempt_at > now()) as retrying
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
placed as (
  select
    l.id, l.endpoint, l.entity, l.shard, l.paused, l.halted_sequence, coalesce(w.depth, 0) as depth, w.oldest_at, w.head,
    p.public_id, p.status as endpoint_status, o.place
  from candidates c
    join lanes l on l.id = c.lane
    join endpoints p on p.id = l.endpoint and p.deleted_at is null
    left join waiting w on w.lane = l.id
    cross join lateral (
      select
        case :sort!::text when 'depth' then -coalesce(w.depth, 0) else coalesce(extract(epoch from w.oldest_at), 1e12) end::float8 as place,
        lane_state(l.paused, l.halted_sequence, coalesce(w.depth, 0), p.status, case when w.retrying then 'infinity'::timestamptz end) as state
    ) o
  where
    l.tenant = :tenant!
    and (:endpoint::uuid is null or p.public_id = :endpoint)
    and (:entity::text is null or l.entity = :entity)
    and (:state::text is null or o.state = :state or (:state = 'sending' and o.state = 'waiting'))
    and (o.place, l.id) > (:afterPlace!::float8, :afterId!::bigint)
  order by o.place, l.id
)
select
  l.id, l.public_id as "endpointId", l.endpoint, l.entity, s.state as "state!", l.endpoint_status as "endpointStatus",
  l.depth as "depth!", l.oldest_at as "oldestAt", coalesce(l.halted_sequence, l.head) as "headSequence",
  h.event_id as "headEvent?", h.replay as "headReplay?", h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?",
  h.dead_reason as "headDeadReason?", l.place as "place!"
from placed l
  left join lateral (
    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
    from deliveries d
    where d.status = 'pending' and l.halted_sequence is null and d.shard = l.shard and d.lane = l.id and d.sequence = l.head
    union all
    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
    from deliveries d
    where
      d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id
      and coalesce(d.sequence, 0) = l.halted_sequence
  ) h on true
  cross join lateral (
    select lane_state(l.paused, l.halted_sequence, l.depth, l.endpoint_status, h.next_attempt_at) as state
  ) s
where :state::text is null or s.state = :state
order by l.place, l.id
limit :limit!;
