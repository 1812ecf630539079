/*
  Lists a tenant's events with ids in [:from, :before), newest first, by the primary key. Reads at most :mostRead events of
  all tenants; the last one of them comes even if it does not match. Ids have the time of a gateway's clock, so
  :acceptedFrom and :acceptedTo are compared with the time of acceptance too.
*/
/* @name listEvents */
select
  e.id, e.type, e.entity, e.occurred_at as "occurredAt", e.accepted_at as "acceptedAt",
  e.idempotency_key as "idempotencyKey", e.source, i.admitted, m.matches as "matches!", e.is_last as "isLast!"
from (
    select *, row_number() over (order by id desc) = :mostRead! as is_last
    from (
        select id, tenant, type, entity, occurred_at, accepted_at, idempotency_key, source
        from events
        where id >= :from!::uuid and id < :before!::uuid
        order by id desc
        limit :mostRead!::bigint
      ) newest
  ) e
  cross join lateral (select exists (select from inbox where inbox.event_id = e.id) as admitted) i
  cross join lateral (
    select
      e.tenant = :tenant! and e.accepted_at >= :acceptedFrom!::timestamptz and e.accepted_at < :acceptedTo!::timestamptz
        and (:type::text is null or e.type = :type)
        and (:source::text is null or e.source = :source)
        and (:admitted::boolean is null or i.admitted = :admitted) as matches
  ) m
where m.matches or e.is_last
order by e.id desc
limit :limit!;
