/* @name findReplay */
select
  r.id, r.action, r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
  r.accepted_to as "to", r.matched,
  case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as "status!", r.created_at as "createdAt",
  coalesce(s.applied, 0)::integer as "applied!", coalesce(s.open, 0)::integer as "open!", s.finished_at as "finishedAt"
from replays r
  left join endpoints p on p.id = r.endpoint
  cross join lateral (
    select sum(applied) as applied, count(*) filter (where finished_at is null) as open, max(finished_at) as finished_at
    from replay_shards
    where replay = r.id
  ) s
where r.id = :id! and r.tenant = :tenant!;
