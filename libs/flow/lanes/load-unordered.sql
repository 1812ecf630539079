/*
  Pending deliveries of a shard that belong to no lane (ordering "none"), a page in the order of their keys.
  Those of :leftOut endpoints don't come. Each says which version its endpoint has.
*/
/* @name loadUnordered */
select
  d.event_id as "eventId",
  d.endpoint,
  d.replay,
  d.attempts,
  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  p.version as "endpointVersion"
from (
  select event_id, endpoint, replay, attempts, next_attempt_at
  from deliveries
  where
    shard = :shard! and status = 'pending' and lane is null and endpoint <> all(:leftOut!::integer[])
    and (event_id, endpoint, replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)
  order by event_id, endpoint, replay
  limit :limit!
) d
  join endpoints p on p.id = d.endpoint
order by d.event_id, d.endpoint, d.replay;
