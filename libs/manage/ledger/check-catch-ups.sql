/*
  catch_up_missed   events that an endpoint should have got from its catch-up, or from their admission since, and has not: its
                    catch-up has ended, and neither its event types have changed nor was it deleted
*/
/* @name checkCatchUps */
with caught_up as (
  select c.endpoint, c.tenant, c.from_at, catch_up_floor(c.first_at) as first_id, p.event_types
  from catch_ups c
    join endpoints p on p.id = c.endpoint
  where c.finished_at is not null and c.rerouted_at is null and p.deleted_at is null
),
types as materialized (
  select e.tenant, e.type, event_type_patterns(e.type) as patterns
  from kept_events e
  where e.tenant in (select tenant from caught_up)
  group by e.tenant, e.type
),
subscribed as (
  select c.*, t.type
  from caught_up c
    join types t on t.tenant = c.tenant and c.event_types && t.patterns
),
offending as (
  select e.id as event_id, s.endpoint, e.tenant
  from subscribed s
    join kept_events e on e.tenant = s.tenant and e.type = s.type
    join kept_inbox i on i.event_id = e.id
    left join kept_deliveries d on d.event_id = e.id and d.endpoint = s.endpoint and d.replay = 0
  where e.id >= s.first_id and e.accepted_at >= s.from_at and e.destination is null and d.event_id is null
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id, endpoint) as place
  from offending
)
select
  'catch_up_missed' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
  0 as "replay!"
from counted
where place <= :examples!::integer
order by tenant, place;
