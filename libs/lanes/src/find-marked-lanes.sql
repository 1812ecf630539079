/*
  Lanes of these shards that an operator has marked since a moment, or whose skip is still to be applied. A mark's time is
  its transaction's start, so the caller looks back further than its last look.
*/
/* @name findMarkedLanes */
select
  id as lane,
  shard,
  paused,
  halted_sequence is not null as "halted",
  skip_sequence is not null as "skips",
  extract(epoch from marked_at)::float8 * 1000 as "markedAtMs"
from lanes
where
  shard = any(:shards!::integer[]) and marked_at is not null
  and (marked_at >= to_timestamp(:sinceMs!::float8 / 1000) or skip_sequence is not null);
