/*
  Lists a tenant's replays and discards below a place (a moment in microseconds since 1970, and an id), newest first, by the
  index on their time. A parameter that is null matches all. Reads at most :mostRead; the last one of them comes even if it does
  not match.
*/
/* @name listReplays */
select
  r.id as "id!", r.action as "action!", r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
  r.accepted_to as "to", r.matched as "matched!", r.selects as "selects!",
  r.created_at as "createdAt!", (extract(epoch from r.created_at) * 1000000)::bigint as "microseconds!", r.cancelled_at as "cancelledAt",
  r.applied as "applied!", r.status as "status!", r.finished_at as "finishedAt?", m.matches as "matches!", r.is_last as "isLast!"
from (
    select *, row_number() over (order by created_at desc, id desc) = :mostRead! as is_last
    from (
        select *
        from replay_progress
        where
          tenant = :tenant! and created_at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
          and (created_at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::uuid)
        order by created_at desc, id desc
        limit :mostRead!::bigint
      ) newest
  ) r
  left join endpoints p on p.id = r.endpoint
  cross join lateral (
    select
      (:action::replay_action is null or r.action = :action) and (:status::text is null or r.status = :status)
        and (:endpointId::uuid is null or p.public_id = :endpointId) as matches
  ) m
where m.matches or r.is_last
order by r.created_at desc, r.id desc
limit :limit!;
