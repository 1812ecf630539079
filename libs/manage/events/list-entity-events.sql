/* As list-events.sql, for one entity, by the index on (tenant, entity, id). */
/* @name listEntityEvents */
select
  e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
  e.idempotency_key as "idempotencyKey", e.source, i.admitted, m.matches as "matches!", e.is_last as "isLast!"
from (
    select *, row_number() over (order by id desc) = :mostRead! as is_last
    from (
        select id, type, entity, occurred_at, accepted_at, idempotency_key, source
        from events
        where tenant = :tenant! and entity = :entity! and id >= :from!::uuid and id < :before!::uuid
        order by id desc
        limit :mostRead!::bigint
      ) newest
  ) e
  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
  cross join lateral (
    select
      e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
        and (:type::text is null or e.type = :type)
        and (:source::text is null or e.source = :source)
        and (:admitted::boolean is null or i.admitted = :admitted) as matches
  ) m
where m.matches or e.is_last
order by e.id desc
limit :limit!;
