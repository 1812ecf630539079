/*
  Lists a tenant's deliveries after a key, newest event first, by the primary key. Only those of events with ids from
  :firstId on.
*/
/* @name listDeliveries */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt"
from deliveries d
  join events e on e.id = d.event_id
  join endpoints p on p.id = d.endpoint
where
  d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid
  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
  and (:from::timestamptz is null or e.accepted_at >= :from)
  and (:to::timestamptz is null or e.accepted_at < :to)
  and (:endpointId::uuid is null or p.public_id = :endpointId)
  and (:status::delivery_status is null or d.status = :status)
order by d.event_id desc, d.endpoint desc, d.replay desc
limit :limit!;
