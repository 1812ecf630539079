/*
  The next events of each shard that are not in Kafka yet, lowest accept_seq first: never "after the last one", since
  commits become visible in another order than their numbers.

  Shards take turns, so that one with a long backlog holds no other back. :rowsPerShard and :bytesPerShard bound what
  one shard gets (its first row always comes), :rows and :bytes the whole.
*/
/* @name readOutbox */
with head as materialized (
  select o.*
  from unnest(:shards!::integer[]) as wanted (shard)
    cross join lateral (
      select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
      from outbox
      where outbox.shard = wanted.shard
      order by accept_seq
      limit :rowsPerShard!
    ) o
  order by o.turn, o.accept_seq
  limit :rows!
),
stored as (
  select
    h.accept_seq, h.shard, h.turn, e.*,
    sum(e.bytes) over (partition by h.shard order by h.turn) - e.bytes as before_in_shard,
    sum(e.bytes) over (order by h.turn, h.accept_seq) - e.bytes as before
  from head h
    -- "offset 0": a look-up by key for each row; whatever the planner guesses, never a scan of all events.
    cross join lateral (
      select
        id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, payload,
        octet_length(payload) as bytes
      from events
      where events.id = h.event_id
      offset 0
    ) e
)
select
  accept_seq as "acceptSeq", shard, id, tenant, type, entity, occurred_at as "occurredAt", accepted_at as "acceptedAt",
  source, content_type as "contentType", traceparent, payload
from stored
where before_in_shard < :bytesPerShard! and before < :bytes!
order by accept_seq;
