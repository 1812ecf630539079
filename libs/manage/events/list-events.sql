/*
  Lists a tenant's events with ids in [:from, :before), newest first, by the primary key. Ids have the time of a gateway's
  clock, so :acceptedFrom and :acceptedTo are compared with the time of acceptance too.
*/
/* @name listEvents */
select
  e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
  e.idempotency_key as "idempotencyKey", e.source, i.admitted
from events e
  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
where
  e.tenant = :tenant! and e.id >= :from!::uuid and e.id < :before!::uuid
  and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
  and (:type::text is null or e.type = :type)
  and (:admitted::boolean is null or i.admitted = :admitted)
order by e.id desc
limit :limit!;
