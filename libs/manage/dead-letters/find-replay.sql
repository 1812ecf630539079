/* @name findReplay */
select
  r.id as "id!", r.action as "action!", r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
  r.accepted_to as "to", r.matched as "matched!", r.selects as "selects!", r.created_at as "createdAt!", r.cancelled_at as "cancelledAt",
  r.applied as "applied!", r.status as "status!", r.finished_at as "finishedAt?"
from replay_progress r
  left join endpoints p on p.id = r.endpoint
where r.id = :id! and r.tenant = :tenant!;
