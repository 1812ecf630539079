/* Counts a tenant's matching dead letters. A parameter that is null matches all. */
/* @name countDeadLetters */
select count(*)::integer as "matched!"
from deliveries d
where
  d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
  and (:endpoint::integer is null or d.endpoint = :endpoint)
  and (
    coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null
    or exists (
      select from events e
      where
        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
        and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')
    )
  )
  and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null));
