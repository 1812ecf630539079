/*
  The heads of a shard's lanes that have something pending, a page of lanes from :after on: what an owner must know
  before it may tell whether an admitted delivery is its lane's head.
*/
/* @name loadLanes */
select
  l.id as lane,
  l.endpoint,
  l.entity,
  l.tail_sequence as "tailSequence",
  l.closed_sequence as "closedSequence",
  l.delivered_sequence as "deliveredSequence",
  d.attempts,
  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs"
from deliveries d
  join lanes l on l.id = d.lane
where
  d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.sequence = l.closed_sequence + 1
order by d.lane
limit :limit!;
