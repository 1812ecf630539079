/* @name findReplay */
select
  r.id, r.action, r.event_id as "eventId", p.public_id as "endpointId?", r.entity, r.type, r.accepted_from as "from",
  r.accepted_to as "to", r.matched,
  case when r.delivered or (r.event_id is not null and r.requeue is null) then 'any' else 'undelivered' end as "selects!",
  r.created_at as "createdAt", r.cancelled_at as "cancelledAt", s.applied as "applied!", s.status as "status!", s.finished_at as "finishedAt?"
from replays r
  left join endpoints p on p.id = r.endpoint
  cross join lateral (
    select
      coalesce(sum(applied), 0)::integer as applied, max(finished_at) as finished_at,
      case
        when r.cancelled_at is not null then 'cancelled'
        when bool_or(finished_at is null) then 'running'
        else 'done'
      end as status
    from replay_shards
    where replay = r.id
  ) s
where r.id = :id! and r.tenant = :tenant!;
