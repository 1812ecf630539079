/*
  key_without_event   an idempotency key whose event is not there. Keys outlive events that were dropped with their
                      partition: what is older than the oldest one, or of a retired day, is not looked for.
*/
/* @name checkKeys */
with bounds as (
  select substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)')::uuid as lowest
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass
),
offending as (
  select k.event_id
  from idempotency_keys k
  where
    k.event_id >= (select lowest from bounds order by lowest limit 1)
    and not exists (select from events e where e.id = k.event_id)
    and not exists (
      select from retired_days r
      where
        k.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')
        and k.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')
    )
)
select 'key_without_event' as "kind!", count(*) over () as "total!", event_id as "eventId!"
from offending
order by event_id
limit :examples!;
