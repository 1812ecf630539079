/*
  Pending deliveries of a shard that belong to no lane (ordering "none"), a page in the order of their keys.
  Those of :leftOut endpoints don't come.
*/
/* @name loadUnordered */
select
  d.event_id as "eventId",
  d.endpoint,
  d.replay,
  d.attempts,
  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs"
from deliveries d
where
  d.shard = :shard! and d.status = 'pending' and d.lane is null and d.endpoint <> all(:leftOut!::integer[])
  and (d.event_id, d.endpoint, d.replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)
order by d.event_id, d.endpoint, d.replay
limit :limit!;
