/*
  Lists the days with partitions that are not retired, oldest first: those that ended :retentionMs and an hour ago, and those
  that are frozen. The hour allows for clock differences: gateways mint ids by theirs, and a dispatcher decides by its own
  which records are retired (kafka-record.ts).
*/
/* @name findDays */
select
  to_char(d.day, 'YYYYMMDD') as "day!",
  uuid_floor(d.day::timestamp at time zone 'utc') as "firstId!",
  uuid_floor((d.day + 1)::timestamp at time zone 'utc') as "endId!",
  d.frozen as "frozen!",
  d.overdue as "overdue!"
from (
  select
    p.day,
    bool_or(p.frozen) as frozen,
    (p.day + 1)::timestamp at time zone 'utc'
      < now() - interval '1 hour' - :retentionMs!::float8 * interval '1 millisecond' as overdue
  from (
    select
      to_date(right(c.relname, 8), 'YYYYMMDD') as day,
      exists (
        select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_change' and t.tgenabled <> 'D'
      ) as frozen
    from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
    where
      i.inhparent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)
      and c.relname ~ '_\d{8}$'
  ) p
  group by p.day
) d
where (d.overdue or d.frozen) and not exists (select from retired_days r where r.day = d.day)
order by d.day;
