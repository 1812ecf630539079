/*
  Sums numbers over time as sum-metrics.sql does, of the :limit endpoints, sources or types that have the most, and of the whole
  tenant, whose "name" is null. The rest is what the tenant has more: with 1,000 names, adding their histograms takes seconds.

  :dimension   what they are told apart by
  :isGauge     whether values weigh, not their number
*/
/* @name sumMetricsBy */
with largest as materialized (
  select name
  from (
      select name, count, sum
      from sample_rollups
      where
        tenant = :tenant! and dimension = :dimension! and step = :rowSeconds!::integer and measure = any(:measures!::text[])
        and at >= :from!::timestamptz and at < :to!::timestamptz
      union all
      select n.name, n.count, n.sum
      from recent_samples r
        cross join unnest(r.names, r.counts, r.sums) as n (name, count, sum)
      where
        r.tenant = :tenant! and r.dimension = :dimension! and (:rowSeconds!::integer = 10 or not r.rolled_up)
        and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz
    ) s
  where name <> ''
  group by name
  order by case when :isGauge!::boolean then sum(sum) else sum(count) end desc, name
  limit :limit!::integer
),
found as (
  select nullif(name, '') as name, at, count, sum, buckets
  from sample_rollups
  where
    tenant = :tenant! and dimension in ('tenant', :dimension!) and step = :rowSeconds!::integer and measure = any(:measures!::text[])
    and at >= :from!::timestamptz and at < :to!::timestamptz and (dimension = 'tenant' or name in (select name from largest))
  union all
  select nullif(n.name, ''), r.at, n.count, coalesce(n.sum, 0), coalesce(n.buckets::bigint[], '{}')
  from recent_samples r
    cross join unnest(r.names, r.counts, r.sums, r.buckets) as n (name, count, sum, buckets)
  where
    r.tenant = :tenant! and r.dimension in ('tenant', :dimension!) and (:rowSeconds!::integer = 10 or not r.rolled_up)
    and r.measure = any(:measures!::text[]) and r.at >= :from!::timestamptz and r.at < :to!::timestamptz
    and (r.dimension = 'tenant' or n.name in (select name from largest))
),
summed as (
  select
    name, date_bin(:stepSeconds!::float8 * interval '1 second', at, to_timestamp(0)) as bin, sum(count)::bigint as count, sum(sum) as sum,
    sum_buckets(buckets)::float8[] as buckets
  from found
  group by 1, 2
)
select s.name as "name?", p.public_id as "endpointId?", s.bin as "at!", s.count as "count!", s.sum as "sum!", s.buckets as "buckets!"
from summed s
  left join endpoints p on p.id = case when :dimension! = 'endpoint' then s.name::integer end
order by s.bin;
