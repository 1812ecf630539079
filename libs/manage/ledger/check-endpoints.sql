/* delivery_without_endpoint   deliveries to endpoints that are not there; deleted ones are, marked so */
/* @name checkEndpoints */
with offending as (
  select d.event_id, d.endpoint, d.replay, d.tenant
  from kept_deliveries d
  where d.endpoint = any(:unknown!::integer[])
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id, endpoint, replay) as place
  from offending
)
select
  'delivery_without_endpoint' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!",
  endpoint as "endpoint!", replay as "replay!"
from counted
where place <= :examples!::integer
order by tenant, place;
