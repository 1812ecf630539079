/* As list-deliveries.sql, for the events of one entity, by the index on (tenant, entity, id). */
/* @name listEntityDeliveries */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt"
from events e
  join deliveries d on d.event_id = e.id
  join endpoints p on p.id = d.endpoint
where
  e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :event!::uuid
  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
  and (:from::timestamptz is null or e.accepted_at >= :from)
  and (:to::timestamptz is null or e.accepted_at < :to)
  and (:endpointId::uuid is null or p.public_id = :endpointId)
  and (:status::delivery_status is null or d.status = :status)
order by e.id desc, d.endpoint desc, d.replay desc
limit :limit!;
