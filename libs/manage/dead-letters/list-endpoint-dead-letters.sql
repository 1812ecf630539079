/* As list-dead-letters.sql, for one endpoint, by the index on its dead deliveries. */
/* @name listEndpointDeadLetters */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt"
from deliveries d
  join events e on e.id = d.event_id
  join endpoints p on p.id = d.endpoint
where
  d.endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)
  and d.status = 'dead' and d.event_id >= :firstId!::uuid and d.event_id <= :event!::uuid
  and (d.event_id, d.endpoint, d.replay) < (:event!::uuid, :endpoint!::integer, :replay!::integer)
  and (:entity::text is null or e.entity = :entity)
  and (:type::text is null or e.type = :type)
  and (:from::timestamptz is null or e.accepted_at >= :from)
  and (:to::timestamptz is null or e.accepted_at < :to)
order by d.event_id desc, d.endpoint desc, d.replay desc
limit :limit!;
