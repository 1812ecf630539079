/*
  Sums numbers over time of a tenant in [:from, :to): by name, and by name and step of :stepSeconds since 1970. They are read
  from rows of :rowSeconds (10, 60 or 3600), and as far as they are not in these yet, from those of ten seconds.

  :dimension              what they are told apart by; `tenant`: not at all
  :name, :endpointId      of one thing only; null: of all
  :isGauge, :isDuration   whether values weigh, not their number; whether there are histograms
  :limit                  names that are told apart, those with the most; the rest is summed as null

  "at" is the beginning of the step, null for the whole time.
*/
/* @name sumMetrics */
with found as materialized (
  select
    name, count, sum, buckets, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin
  from (
      select name, count, sum, buckets, at
      from sample_rollups
      where
        tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])
        and at >= :from!::timestamptz and at < :to!::timestamptz
      union all
      select n.name, n.count, n.sum, n.buckets::bigint[], r.at
      from recent_samples r
        cross join unnest(r.names, r.measures, r.counts, r.sums, r.buckets) as n (name, measure, count, sum, buckets)
      where
        r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
        and r.at >= :from!::timestamptz and r.at < :to!::timestamptz and n.measure = any(:measures!::text[])
    ) s
  where
    (:name::text is null or name = :name)
    and (
      :endpointId::uuid is null
      or name = (select id::text from endpoints where public_id = :endpointId and tenant = :tenant!)
    )
),
ranked as (
  select
    name,
    row_number() over (order by name = '', case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name) as place
  from found
  group by name
),
summed as (
  select
    case when r.place <= :limit!::integer then nullif(f.name, '') end as name, f.bin, sum(f.count)::bigint as count, sum(f.sum) as sum,
    sum_buckets(f.buckets) filter (where :isDuration!::boolean)::float8[] as buckets
  from found f
    join ranked r on r.name = f.name
  group by grouping sets ((1), (1, f.bin))
)
select
  s.name as "name?", p.public_id as "endpointId?", s.bin as "at?", s.count as "count!", s.sum as "sum!",
  coalesce(s.buckets, '{}') as "buckets!"
from summed s
  left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end
order by s.bin;
