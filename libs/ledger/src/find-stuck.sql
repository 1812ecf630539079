/*
  stuck   a pending delivery to an active endpoint that could have been attempted for :olderThanMs and was not brought
          to an end. One whose lane waits for its head's next attempt is not.
*/
/* @name findStuck */
with pending as materialized (
  select event_id, endpoint, replay, lane, created_at, next_attempt_at
  from deliveries
  where status = 'pending'
),
retrying as (
  select distinct lane
  from pending
  where lane is not null and next_attempt_at > now() - :olderThanMs!::float8 * interval '1 millisecond'
)
select
  'stuck' as "kind!", count(*) over () as "total!", d.event_id as "eventId!", d.endpoint as "endpoint!",
  d.replay as "replay!"
from pending d
  join endpoints p on p.id = d.endpoint
where
  p.status = 'active'
  and greatest(d.created_at, d.next_attempt_at) < now() - :olderThanMs!::float8 * interval '1 millisecond'
  and not exists (select from retrying r where r.lane = d.lane)
order by d.event_id, d.endpoint, d.replay
limit :examples!;
