/*
  delivery_without_inbox   deliveries of events that were never admitted, as far as these are in no event's routes: made by
                           replays and catch-ups
*/
/* @name checkReplays */
with offending as (
  select d.event_id, d.endpoint, d.replay, d.tenant
  from kept_deliveries d
  where (d.replay <> 0 or d.caught_up) and not exists (select from inbox i where i.event_id = d.event_id offset 0)
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id, endpoint, replay) as place
  from offending
)
select
  'delivery_without_inbox' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!",
  endpoint as "endpoint!", replay as "replay!"
from counted
where place <= :examples!::integer
order by tenant, place;
