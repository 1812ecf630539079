/*
  Sums an endpoint's numbers over time in [:from, :to): by measure, and by measure and step of :stepSeconds since 1970. They are
  read from rows of :rowSeconds, and as far as they are not in these yet, from those of ten seconds. :name is its narrow key. "at"
  is the beginning of the step, null for the whole time.
*/
/* @name sumEndpointSamples */
select
  measure as "measure!", bin as "at?", sum(count)::bigint as "count!", sum_buckets(buckets)::float8[] as "buckets!"
from (
    select measure, count, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
    from (
        select measure, count, buckets, at
        from sample_rollups
        where tenant = :tenant! and dimension = 'endpoint' and name = :name! and step = :rowSeconds!
        union all
        select
          r.measure, r.counts[n.place], coalesce(r.buckets[n.place]::bigint[], '{}'),
          date_bin(:rowSeconds!::integer * interval '1 second', r.at, to_timestamp(0))
        from recent_samples r
          cross join array_position(r.names, :name!) as n (place)
        where r.tenant = :tenant! and r.dimension = 'endpoint' and not r.rolled_up and n.place is not null
        union all
        -- Of the release before. The first bucket of its histograms was that of 1 ms, which is now the 25th.
        select measure, count, case buckets when '{}' then '{}' else array_fill(0::bigint, array[24]) || buckets end, at
        from samples
        where subject = 'endpoint/' || :name! and step = :rowSeconds!
      ) known
    where at >= :from!::timestamptz and at < :to!::timestamptz
  ) s
group by grouping sets ((measure), (measure, bin))
order by bin, measure;
