/*
  The first moment, from the start of today (UTC) on, whose day lacks a partition of one of the four tables. Looks ten
  days ahead; the keeper makes seven.
*/
/* @name partitionsEnd */
select min(d.day) at time zone 'utc' as "end!"
from generate_series(date_trunc('day', now() at time zone 'utc'), (now() at time zone 'utc') + interval '10 days', interval '1 day')
  as d (day)
where exists (
  select from unnest(array['events', 'inbox', 'deliveries', 'attempts']) as t (name)
  where not exists (
    select from pg_inherits i
    where i.inhparent = t.name::regclass and not i.inhdetachpending
      and i.inhrelid = to_regclass(t.name || '_' || to_char(d.day, 'YYYYMMDD'))
  )
);
