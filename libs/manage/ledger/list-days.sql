/*
  The days that are kept, oldest first: the ids that each holds, from `from` up to and without `to`, and each table's
  partition of it, as it is written in a statement; null where there is none. A partition without bounds may hold any id.
*/
/* @name listDays */
with partitions as (
  select
    i.inhparent as parent, i.inhrelid::regclass::text as name,
    coalesce(
      substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)'), '00000000-0000-0000-0000-000000000000'
    )::uuid as lowest,
    coalesce(
      substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9a-f-]+)''\)'), 'ffffffff-ffff-ffff-ffff-ffffffffffff'
    )::uuid as above
  from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
)
select
  p.lowest as "from!", p.above as "to!",
  max(p.name) filter (where p.parent = 'events'::regclass) as events,
  max(p.name) filter (where p.parent = 'inbox'::regclass) as inbox,
  max(p.name) filter (where p.parent = 'deliveries'::regclass) as deliveries,
  max(p.name) filter (where p.parent = 'attempts'::regclass) as attempts
from partitions p
  cross join retiring r
where
  p.parent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)
  and (p.lowest >= r.end_id or p.lowest < r.first_id)
group by p.lowest, p.above
order by p.lowest;
