/*
  Lanes of these shards that were marked since a moment, and those whose skip is still to be applied. A mark's time is its
  transaction's start, so the caller looks back further than its last look.
*/
/* @name findMarkedLanes */
with marked as (
  select id from lanes where shard = any(:shards!::integer[]) and marked_at >= to_timestamp(:sinceMs!::float8 / 1000)
  union
  select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null
)
select
  l.id as lane,
  l.shard,
  l.paused,
  l.halted_sequence is not null as "halted",
  l.skip_sequence is not null as "skips",
  extract(epoch from l.marked_at)::float8 * 1000 as "markedAtMs"
from marked m
  join lanes l on l.id = m.id;
