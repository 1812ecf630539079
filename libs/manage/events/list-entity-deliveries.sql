/* As list-deliveries.sql, for the events of one entity, by the index on (tenant, entity, id). */
/* @name listEntityDeliveries */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", d.type, d.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
from (
    select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last
    from (
        select d.*, e.type, e.entity, e.accepted_at
        from events e
          join deliveries d on d.event_id = e.id
        where
          e.tenant = :tenant! and e.entity = :entity! and e.id >= :firstId!::uuid and e.id <= :belowEvent!::uuid
          and (d.event_id, d.endpoint, d.replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
        order by e.id desc, d.endpoint desc, d.replay desc
        limit :mostRead!::bigint
      ) newest
  ) d
  join endpoints p on p.id = d.endpoint
  cross join lateral (
    select
      (:from::timestamptz is null or d.accepted_at >= :from)
        and (:to::timestamptz is null or d.accepted_at < :to)
        and (:endpointId::uuid is null or p.public_id = :endpointId)
        and (:status::delivery_status is null or d.status = :status) as matches
  ) m
where m.matches or d.is_last
order by d.event_id desc, d.endpoint desc, d.replay desc
limit :limit!;
