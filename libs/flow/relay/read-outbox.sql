/*
  Removes the given events, which are in Kafka, and reads each shard's next ones that are not, lowest accept_seq first:
  never "after the last one", since commits become visible in another order than their numbers. Shards take turns, so
  that one with a long backlog holds no other back. One statement, because most of its cost is the way to Postgres.

  The removal need not be durable: an event that comes back after a crash of Postgres is sent again, which changes
  nothing.

  Rows are removed by their place, which is looked up by key, one by one (OFFSET 0: no plan can turn it into a scan). The
  table is empty whenever it is analyzed in a quiet moment, and a join was planned as a scan of all that waits, for each
  removed row: with a backlog, a hundred times as slow.
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
    -- Both parts of the statement see the table as it was before. "not in (select": a hashed look-up, which "<> all"
    -- of a parameter is not.
    where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:sentSeqs!::bigint[]))
    order by accept_seq
    limit :rowsPerShard!
  ) o
order by o.turn, o.accept_seq
limit :rows!;
