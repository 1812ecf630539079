/*
  Removes the given events, which are in Kafka, and reads each shard's next ones, lowest accept_seq first. It never reads
  "after the last one sent", because commits become visible in another order than their numbers. Shards take turns, so
  that a long backlog of one shard does not hold up the others. One statement, because its cost is mostly the round trip.

  The removal need not be durable: an event that returns after a crash of Postgres is sent again, which is harmless.

  Rows are removed by ctid, looked up by key one by one; OFFSET 0 keeps every plan from turning that into a scan. ANALYZE
  often finds the table empty, and a join was then planned as a scan for each removed row: with a backlog 100 times slower.
*/
/* @name readOutbox */
with removed as (
  delete from outbox o
  using
    unnest(:sentShards!::integer[], :sentSeqs!::bigint[]) as sent (shard, accept_seq)
      cross join lateral (
        select w.ctid as place from outbox w where w.shard = sent.shard and w.accept_seq = sent.accept_seq offset 0
      ) as found,
    (select set_config('synchronous_commit', 'off', true)) as faster
  where o.ctid = found.place
)
select o.accept_seq as "acceptSeq", o.shard, o.event_id as "eventId"
from unnest(:shards!::integer[]) as wanted (shard)
  cross join lateral (
    select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
    from outbox
    -- Both parts of the statement see the table as it was before. "not in (select" is a hashed lookup; "<> all" of a
    -- parameter is not.
    where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:sentSeqs!::bigint[]))
    order by accept_seq
    limit :rowsPerShard!
  ) o
order by o.turn, o.accept_seq
limit :rows!;
