/* The heads of the given lanes, each of its shard, as load-lanes.sql has them; none for a lane with nothing pending. */
/* @name loadLanesById */
select
  l.id as lane,
  l.endpoint,
  h.sequence as "headSequence!",
  l.tail_sequence as "tailSequence",
  l.delivered_sequence as "deliveredSequence",
  h.attempts as "attempts!",
  extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  l.paused,
  l.halted_sequence is not null as "halted",
  p.version as "endpointVersion"
from unnest(:shards!::integer[], :lanes!::bigint[]) as wanted (shard, lane)
  join lanes l on l.id = wanted.lane
  join endpoints p on p.id = l.endpoint
  cross join lateral (
    select d.sequence, d.attempts, d.next_attempt_at
    from deliveries d
    where d.shard = wanted.shard and d.status = 'pending' and d.lane = l.id
    order by d.sequence
    limit 1
  ) h;
