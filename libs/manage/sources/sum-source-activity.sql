/*
  Counts what came to a source in [:from, :to): by outcome, and by outcome and step of :stepSeconds since 1970. "at" is the
  beginning of the step, null for the whole time.
*/
/* @name sumSourceActivity */
select
  outcome, step as "at?", sum(requests)::bigint as "requests!", max(last_at) as "lastAt!",
  (array_agg(last_detail order by last_at desc))[1] as "lastDetail!"
from (
    select *, date_bin(:stepSeconds!::float8 * interval '1 second', minute, to_timestamp(0)) as step
    from source_activity
    where source = :source! and minute >= :from!::timestamptz and minute < :to!::timestamptz
  ) a
group by grouping sets ((outcome), (outcome, step))
order by step, outcome;
