/*
  The next events of each shard that are not in Kafka yet, lowest accept_seq first: never "after the last one", since
  commits become visible in another order than their numbers. Shards take turns, so that one with a long backlog holds
  no other back.
*/
/* @name readOutbox */
select o.accept_seq as "acceptSeq", o.shard, o.event_id as "eventId"
from unnest(:shards!::integer[]) as wanted (shard)
  cross join lateral (
    select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
    from outbox
    where outbox.shard = wanted.shard
    order by accept_seq
    limit :rowsPerShard!
  ) o
order by o.turn, o.accept_seq
limit :rows!;
