/* One delivery, with the columns of list-deliveries.sql. */
/* @name findDelivery */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt"
from deliveries d
  join events e on e.id = d.event_id
  join endpoints p on p.id = d.endpoint
where d.event_id = :eventId! and d.endpoint = :endpoint! and d.replay = :replay! and d.tenant = :tenant!;
