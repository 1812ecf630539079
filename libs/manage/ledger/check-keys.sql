/*
  key_without_event   an idempotency key of an event with an id in [:from, :to) that is not there. Keys outlive events that
                      were dropped with their partition: what no partition could hold, or is of a retired day, is not
                      looked for.
*/
/* @name checkKeys */
with partitions as (
  select
    substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)')::uuid as lowest,
    substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9a-f-]+)''\)')::uuid as above
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'events'::regclass
),
orphans as materialized (
  select k.event_id, k.tenant
  from idempotency_keys k
  where
    k.event_id >= :from!::uuid and k.event_id < :to!::uuid
    -- With the bounds also here, other days' events are left out.
    and not exists (select from events e where e.id = k.event_id and e.id >= :from!::uuid and e.id < :to!::uuid)
),
offending as (
  select o.tenant, o.event_id
  from orphans o
  where
    exists (select from partitions p where o.event_id >= p.lowest and o.event_id < p.above)
    -- Its partition may be there and its events not: they are detached, and dropped, before the rest of the day.
    and not exists (
      select from retired_days r
      where
        o.event_id >= uuid_floor(r.day::timestamp at time zone 'utc')
        and o.event_id < uuid_floor((r.day + 1)::timestamp at time zone 'utc')
    )
),
counted as (
  select
    *,
    count(*) over (partition by tenant) as total,
    row_number() over (partition by tenant order by event_id) as place
  from offending
)
select 'key_without_event' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
from counted
where place <= :examples!::integer
order by tenant, place;
