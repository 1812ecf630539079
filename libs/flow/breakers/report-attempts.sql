/*
  Adds what ended at a dispatcher since its last report to the breakers of several endpoints. A breaker that has another
  version by now learns only whether something was delivered. The first failure of an endpoint makes the row.

  In sorted order, so that two dispatchers cannot deadlock.
*/
/* @name reportAttempts */
with reported as materialized (
  select r.*, now() + nullif(r.retry_after_ms, 0) * interval '1 millisecond' as retry_at
  from
    unnest(
      :endpoints!::integer[], :versions!::integer[], :ended!::integer[], :failed!::integer[], :delivered!::boolean[],
      :endsUndelivered!::boolean[], :retryAfterMs!::float8[]
    ) as r (endpoint, version, ended, failed, delivered, ends_undelivered, retry_after_ms)
)
insert into endpoint_breakers as known (endpoint, version, bucket, ended, failed, failed_at, retry_at, undelivered_since)
select
  endpoint, version, breaker_bucket(now()), ended, failed, case when failed > 0 then now() end, retry_at,
  case when ends_undelivered then now() end
from reported
order by endpoint
on conflict (endpoint) do update
set
  (bucket, ended, failed, previous_ended, previous_failed, failed_at, retry_at, undelivered_since) = (
    select
      known.bucket + age.buckets,
      case age.buckets when 0 then known.ended else 0 end + r.ended * n.counts,
      case age.buckets when 0 then known.failed else 0 end + r.failed * n.counts,
      case age.buckets when 0 then known.previous_ended when 1 then known.ended else 0 end,
      case age.buckets when 0 then known.previous_failed when 1 then known.failed else 0 end,
      case
        when counted_lately(known.bucket, known.failed, known.previous_failed) > 0 then known.failed_at
        when r.failed * n.counts > 0 then now()
      end,
      case n.counts when 1 then coalesce(r.retry_at, known.retry_at) else known.retry_at end,
      case
        when not r.ends_undelivered then null
        when r.delivered then now()
        else coalesce(known.undelivered_since, now())
      end
    from reported r
      cross join lateral (select greatest(breaker_bucket(now()) - known.bucket, 0) as buckets) age
      cross join lateral (select (r.version = known.version)::integer as counts) n
    where r.endpoint = known.endpoint
  );
