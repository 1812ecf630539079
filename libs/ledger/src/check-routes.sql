/*
  routes_differ            an inbox row's number of routes is not the number of its deliveries with replay 0
  delivery_without_inbox   deliveries of an event that was never admitted
*/
/* @name checkRoutes */
with offending as (
  select
    case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,
    coalesce(i.event_id, d.event_id) as event_id, d.endpoint, d.replay
  from inbox i
    full join (
      select event_id, count(*) filter (where replay = 0) as routes, min(endpoint) as endpoint, min(replay) as replay
      from deliveries
      group by event_id
    ) d on d.event_id = i.event_id
  where i.event_id is null or i.routes <> coalesce(d.routes, 0)
),
counted as (
  select
    *,
    count(*) over (partition by kind) as total,
    row_number() over (partition by kind order by event_id) as place
  from offending
)
select kind as "kind!", total as "total!", event_id as "eventId!", endpoint as "endpoint?", replay as "replay?"
from counted
where place <= :examples!::integer
order by kind, place;
