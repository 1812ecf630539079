/* As list-dead-letters.sql, for one endpoint, by the index on its dead deliveries. */
/* @name listEndpointDeadLetters */
select
  d.event_id as "eventId", d.endpoint, d.replay, p.public_id as "endpointId", e.type, e.entity, d.sequence, d.status,
  d.attempts, d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.created_at as "createdAt",
  d.finished_at as "finishedAt", m.matches as "matches!", d.is_last as "isLast!"
from (
    select *, row_number() over (order by event_id desc, endpoint desc, replay desc) = :mostRead! as is_last
    from (
        select *
        from deliveries
        where
          endpoint = (select id from endpoints where public_id = :endpointId! and tenant = :tenant!)
          and status = 'dead' and event_id >= :firstId!::uuid and event_id <= :belowEvent!::uuid
          and (event_id, endpoint, replay) < (:belowEvent!::uuid, :belowEndpoint!::integer, :belowReplay!::integer)
        order by event_id desc, endpoint desc, replay desc
        limit :mostRead!::bigint
      ) newest
  ) d
  -- OFFSET 0: by key, for each dead letter.
  cross join lateral (select * from events where id = d.event_id offset 0) e
  join endpoints p on p.id = d.endpoint
  cross join lateral (
    select
      (:entity::text is null or e.entity = :entity) and (:type::text is null or e.type = :type)
        and (:from::timestamptz is null or e.accepted_at >= :from)
        and (:to::timestamptz is null or e.accepted_at < :to) as matches
  ) m
where m.matches or d.is_last
order by d.event_id desc, d.endpoint desc, d.replay desc
limit :limit!;
