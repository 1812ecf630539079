/*
  Removes the given records, which are in Kafka, and reads each shard's next ones, oldest first, like read-outbox.sql.
  :rowsPerShard and :bytesPerShard limit what is read of one shard (at least its first row), :rows and :bytes the total.
*/
/* @name readDispatchOutbox */
with removed as (
  delete from dispatch_outbox o
  using
    unnest(:sentShards!::integer[], :sentIds!::bigint[]) as sent (shard, id)
      cross join lateral (
        select w.ctid as place from dispatch_outbox w where w.shard = sent.shard and w.id = sent.id offset 0
      ) as found,
    (select set_config('synchronous_commit', 'off', true)) as faster
  where o.ctid = found.place
),
head as materialized (
  select o.*
  from unnest(:shards!::integer[]) as wanted (shard)
    cross join lateral (
      select *, row_number() over (order by d.id) as turn
      from dispatch_outbox d
      where d.shard = wanted.shard and d.id not in (select unnest(:sentIds!::bigint[]))
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
