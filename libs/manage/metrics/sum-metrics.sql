/*
  Sums numbers over time of one thing in [:from, :to), by step of :stepSeconds since 1970. They are read from rows of :rowSeconds
  (10, 60 or 3600), and as far as they are not in these yet, from those of ten seconds. "at" is the beginning of the step.

  :dimension           what it is; `tenant`: the whole tenant
  :name, :endpointId   which one; either is null, and the name of a whole tenant is empty
*/
/* @name sumMetrics */
with wanted as materialized (
  select coalesce(:name::text, (select id::text from endpoints where public_id = :endpointId::uuid and tenant = :tenant!)) as name
),
found as (
  select s.at, s.count, s.sum, s.buckets
  from wanted w
    join sample_rollups s on s.name = w.name
  where
    s.tenant = :tenant! and s.dimension = :dimension! and s.step = :rowSeconds!::integer and s.measure = any(:measures!::text[])
    and s.at >= :from!::timestamptz and s.at < :to!::timestamptz
  union all
  select r.at, r.counts[n.place], coalesce(r.sums[n.place], 0), coalesce(r.buckets[n.place]::bigint[], '{}')
  from wanted w
    cross join recent_samples r
    cross join array_position(r.names, w.name) as n (place)
  where
    r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
    and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.place is not null
)
select
  date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as "at!", sum(count)::bigint as "count!", sum(sum) as "sum!",
  sum_buckets(buckets)::float8[] as "buckets!"
from found
group by 1
order by 1;
