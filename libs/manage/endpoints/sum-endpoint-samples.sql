/*
  Sums a subject's numbers over time in [:from, :to): by measure, and by measure and step of :stepSeconds since 1970. They are
  read from rows of :rowSeconds. "at" is the beginning of the step, null for the whole time.
*/
/* @name sumEndpointSamples */
select
  measure, bin as "at?", sum(count)::bigint as "count!", sum_buckets(buckets)::float8[] as "buckets!"
from (
    select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
    from samples
    where subject = :subject! and step = :rowSeconds! and at >= :from!::timestamptz and at < :to!::timestamptz
  ) s
group by grouping sets ((measure), (measure, bin))
order by bin, measure;
