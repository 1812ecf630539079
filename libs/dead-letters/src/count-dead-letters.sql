/* How many dead letters of a tenant match: what is null matches all. */
/* @name countDeadLetters */
select count(*)::integer as "matched!"
from deliveries d
  join events e on e.id = d.event_id
where
  d.status = 'dead' and d.tenant = :tenant!
  and (:endpoint::integer is null or d.endpoint = :endpoint)
  and (:entity::text is null or e.entity = :entity)
  and (:type::text is null or e.type = :type)
  and (:from::timestamptz is null or e.accepted_at >= :from)
  and (:to::timestamptz is null or e.accepted_at < :to)
  and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null));
