/*
  Inbox rows and deliveries of events with ids in [:from, :to) that do not agree:

  routes_differ            an inbox row's number of routes is not the number of its deliveries that admission has made
  delivery_without_inbox   deliveries of an event that was never admitted
*/
/* @name checkRoutes */
with offending as (
  select
    case when i.event_id is null then 'delivery_without_inbox' else 'routes_differ' end as kind,
    coalesce(i.event_id, d.event_id) as event_id, coalesce(i.tenant, d.tenant) as tenant, d.endpoint
  from (select event_id, tenant, routes from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i
    full join (
      select event_id, min(tenant) as tenant, count(*) as routes, min(endpoint) as endpoint
      from kept_deliveries
      where replay = 0 and caught_up is null and event_id >= :from!::uuid and event_id < :to!::uuid
      group by event_id
    ) d on d.event_id = i.event_id
  where i.event_id is null or i.routes <> coalesce(d.routes, 0)
),
counted as (
  select
    *,
    count(*) over (partition by kind, tenant) as total,
    row_number() over (partition by kind, tenant order by event_id) as place
  from offending
)
select
  kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint?",
  0 as "replay!"
from counted
where place <= :examples!::integer
order by kind, tenant, place;
