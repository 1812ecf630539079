/*
  Of the given events those that are settled, and, settled or not, those that are :last: each with its first :most
  deliveries, one a row, in the order of routing, then replays; or one row without a delivery. An event is settled when it
  was admitted, no delivery of it is pending, and no repeat of it has asked for dead ones that are still to be replayed.
*/
/* @name findSettled */
select
  w.id as "id!", s.admitted as "admitted!", s.admitted and not s.open as "settled!", d.endpoint as "endpoint?",
  d.replay as "replay?", p.public_id as "endpointId?", d.sequence, d.status as "status?", d.attempts as "attempts?",
  d.next_attempt_at as "nextAttemptAt", d.dead_reason as "deadReason", d.finished_at as "finishedAt"
from unnest(:ids!::uuid[], :last!::boolean[]) with ordinality as w (id, last, ordinal)
  cross join lateral (
    select
      exists (select from inbox i where i.event_id = w.id) as admitted,
      -- In a CASE, so that no plan reads the index of all pending deliveries, or of all open replays.
      exists (select from deliveries x where x.event_id = w.id and case when x.status = 'pending' then true end)
        or exists (
          select
          from replays r
            cross join lateral (
              select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0
            ) h
          where r.event_id = w.id and r.requeue is not null
        ) as open
    offset 0
  ) s
  left join lateral (
    select * from deliveries x where x.event_id = w.id order by x.replay, x.endpoint limit :most!
  ) d on true
  left join endpoints p on p.id = d.endpoint
where w.last or (s.admitted and not s.open)
order by w.ordinal, d.replay, d.endpoint;
