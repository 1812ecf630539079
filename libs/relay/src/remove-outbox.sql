/*
  Removes events that are in Kafka. Need not be durable: one that comes back after a crash of Postgres is sent again,
  which changes nothing.
*/
/* @name removeOutbox */
delete from outbox o
using
  unnest(:shards!::integer[], :acceptSeqs!::bigint[]) as sent (shard, accept_seq),
  (select set_config('synchronous_commit', 'off', true)) as faster
where o.shard = sent.shard and o.accept_seq = sent.accept_seq;
