/* Deliveries of one event after a place, in the order of routing, then its replays. */
/* @name listEventDeliveries */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt"
from (
    select *
    from deliveries
    where
      event_id = :event! and tenant = :tenant!
      and (replay, endpoint) > (:afterReplay!::integer, :afterEndpoint!::integer)
    order by replay, endpoint
    limit :limit!
  ) d
  join events e on e.id = d.event_id
  join endpoints p on p.id = d.endpoint
order by d.replay, d.endpoint;
