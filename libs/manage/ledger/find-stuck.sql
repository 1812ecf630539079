/*
  stuck   a pending delivery that is older than :olderThanMs and that nothing holds up. These do: its endpoint or its
          lane is paused, disabled or halted; its next attempt, or that of the lane's head, is due later than that long
          ago; its lane had an outcome since, so it moves; it is a dead letter whose replay isn't finished for that long.
*/
/* @name findStuck */
with bounds as (
  select now() - :olderThanMs!::float8 * interval '1 millisecond' as since
),
pending as materialized (
  select
    d.event_id, d.endpoint, d.replay, d.tenant, d.lane, d.created_at, d.next_attempt_at,
    d.replayed_attempts > 0 and d.replayed_attempts = d.attempts as replaying
  from kept_deliveries d
  where d.status = 'pending'
),
retrying as (
  select distinct lane
  from bounds b
    join pending p on p.next_attempt_at >= b.since
  where p.lane is not null
),
candidates as materialized (
  select d.*
  from bounds b
    cross join pending d
    join endpoints p on p.id = d.endpoint
    left join lanes l on l.id = d.lane
  where
    p.status = 'active' and l.paused is not true and l.halted_sequence is null
    and greatest(d.created_at, d.next_attempt_at) < b.since
    and not exists (select from retrying r where r.lane = d.lane)
    and not (
      d.replaying and exists (
        select from replay_shards s where s.tenant = d.tenant and coalesce(s.finished_at, now()) >= b.since
      )
    )
),
moving as materialized (
  select distinct d.lane
  from kept_deliveries d
  where
    d.finished_at >= (select since from bounds) and d.lane is not null
    -- Nothing to be looked for, no scan.
    and exists (select from candidates)
),
offending as (
  select c.*
  from candidates c
  where not exists (select from moving m where m.lane = c.lane)
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id, endpoint, replay) as place
  from offending
)
select
  'stuck' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
  replay as "replay!"
from counted
where place <= :examples!::integer
order by tenant, place;
