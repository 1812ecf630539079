/*
  The heads of a shard's lanes that have something pending, a page of lanes from :after on: what an owner must know
  before it may tell whether an admitted delivery is its lane's head. A head is the lane's lowest pending delivery.
  Lanes of :leftOut endpoints don't come. Each lane says which version its endpoint has.
*/
/* @name loadLanes */
select
  h.lane as "lane!",
  l.endpoint,
  h.sequence as "headSequence!",
  l.tail_sequence as "tailSequence",
  l.delivered_sequence as "deliveredSequence",
  h.attempts as "attempts!",
  extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  l.paused,
  l.halted_sequence is not null as "halted",
  p.version as "endpointVersion"
from (
  -- Reads the index once in its order: neither many lanes nor one long lane is a problem.
  select distinct on (d.lane) d.lane, d.sequence, d.attempts, d.next_attempt_at
  from deliveries d
  where d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.endpoint <> all(:leftOut!::integer[])
  order by d.lane, d.sequence
  limit :limit!
) h
  join lanes l on l.id = h.lane
  join endpoints p on p.id = l.endpoint
order by h.lane;
