/*
  Counts an endpoint's pending deliveries, by the counters of its lanes. "oldestAt" is when the oldest one was made, by the heads
  of the lanes; null if there is none, or if more than :mostLanes lanes wait: each head is a look-up.
*/
/* @name countPending */
with waiting as materialized (
  select id, shard, tail_sequence - closed_sequence + replays as depth
  from lanes
  where endpoint = :endpoint! and (tail_sequence > closed_sequence or replays > 0)
),
heads as (
  select h.created_at
  from waiting w
    cross join lateral (
      select d.created_at
      from deliveries d
      where d.status = 'pending' and d.shard = w.shard and d.lane = w.id
      order by d.sequence
      limit 1
    ) h
  where (select count(*) from waiting) <= :mostLanes!::integer
),
unordered as (
  select d.created_at
  from endpoints p
    cross join shard_leases l
    join deliveries d on d.status = 'pending' and d.shard = l.shard and d.lane is null and d.endpoint = p.id
  where p.id = :endpoint! and p.ordering = 'none'
)
select
  ((select coalesce(sum(depth), 0) from waiting) + (select count(*) from unordered))::bigint as "pending!",
  least((select min(created_at) from heads), (select min(created_at) from unordered)) as "oldestAt?";
