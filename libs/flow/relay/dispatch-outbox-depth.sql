/* Counts the records of these shards in the dispatch outbox, and returns the age of the oldest in seconds. */
/* @name dispatchOutboxDepth */
select
  (select count(*) from dispatch_outbox where shard = any(:shards!::integer[]))::integer as "depth!",
  coalesce(
    (
      select greatest(extract(epoch from now() - min(o.created_at)), 0)
      from unnest(:shards!::integer[]) as wanted (shard)
        cross join lateral (
          select created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1
        ) o
    ),
    0
  )::float8 as "oldestAgeSeconds!";
