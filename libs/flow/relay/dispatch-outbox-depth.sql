/*
  Counts the records of these shards in the dispatch outbox, of each shard at most :mostCounted, and returns the age of the
  oldest in seconds.
*/
/* @name dispatchOutboxDepth */
select
  coalesce(sum(o.counted), 0)::integer as "depth!",
  greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as "oldestAgeSeconds!"
from unnest(:shards!::integer[]) as wanted (shard)
  cross join lateral (
    select
      (select count(*) from (select from dispatch_outbox d where d.shard = wanted.shard order by d.id limit :mostCounted!::integer) x) as counted,
      (select d.created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1) as oldest
  ) o;
