/*
  Returns the start of the first day, from today (UTC) on, that lacks a partition of one of the four tables. Checks ten days;
  the keeper makes seven.
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
