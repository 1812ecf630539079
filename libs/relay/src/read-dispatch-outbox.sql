/* The next records of each shard, oldest first; shards take turns. Bounds as in read-outbox.sql. */
/* @name readDispatchOutbox */
with head as materialized (
  select o.*
  from unnest(:shards!::integer[]) as wanted (shard)
    cross join lateral (
      select *, row_number() over (order by d.id) as turn
      from dispatch_outbox d
      where d.shard = wanted.shard
      order by d.id
      limit :rowsPerShard!
    ) o
  order by o.turn, o.id
  limit :rows!
),
sized as (
  select
    *,
    sum(bytes) over (partition by shard order by turn) - bytes as before_in_shard,
    sum(bytes) over (order by turn, id) - bytes as before
  from (select *, coalesce(octet_length(value), 0) + octet_length(headers::text) as bytes from head) h
)
select id, shard, topic, key, headers, value
from sized
where before_in_shard < :bytesPerShard! and before < :bytes!
order by id;
