-- Sets the sequence of accepted events behind the old ones, and marks the old ones as swept for all shards.
-- $1: number of old events.
with numbered as (
  select setval('accept_seq', $1::bigint)
)
update shard_cursors set swept_seq = numbered.setval from numbered
