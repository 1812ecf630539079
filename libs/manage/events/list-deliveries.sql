/*
  Lists a tenant's deliveries below a key, newest event first, by the primary key. Only those of events with ids from
  :firstId on. Reads at most :mostRead deliveries of all tenants; the last one of them comes even if it does not match.
*/
/* @name listDeliveries */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
from (
    select
      *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last,
      tenant = :tenant! and (:status::delivery_status is null or status = :status)
        and (:endpointId::uuid is null or endpoint = (select id from endpoints where public_id = :endpointId)) as fits
    from (
        select *
        from deliveries
        where
          event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid
          and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
        order by event_id desc, endpoint desc, replay desc
        limit :mostRead!::bigint
      ) newest
  ) d
  -- OFFSET 0: by key, for each delivery.
  cross join lateral (select * from events where id = d.event_id offset 0) e
  join endpoints p on p.id = d.endpoint
  cross join lateral (
    select
      d.fits and (:from::timestamptz is null or e.accepted_at >= :from)
        and (:to::timestamptz is null or e.accepted_at < :to) as matches
  ) m
where (d.fits or d.is_last) and (m.matches or d.is_last)
order by d.event_id desc, d.endpoint desc, d.replay desc
limit :limit!;
