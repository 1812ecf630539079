/* outbox_without_event   an outbox row whose event is not there: the relay has nothing to send */
/* @name checkOutbox */
with offending as (
  select o.tenant, o.event_id
  from outbox o
  -- "offset 0": a look-up by key for each row; a join would walk through all events.
  where not exists (select from events e where e.id = o.event_id offset 0)
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id) as place
  from offending
)
select 'outbox_without_event' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
from counted
where place <= :examples!::integer
order by tenant, place;
