/* @name getEvent */
select
  id, type, entity, occurred_at as "occurredAt", accepted_at as "acceptedAt", idempotency_key as "idempotencyKey",
  source, exists (select from inbox where inbox.event_id = events.id) as admitted,
  content_type as "contentType", attributes, accepted_by as "acceptedBy", payload,
  (select p.public_id from endpoints p where p.id = events.destination) as "destination?"
from events
where id = :id! and tenant = :tenant!;
