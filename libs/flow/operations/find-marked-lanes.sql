/*
  Lanes of these shards that were marked since :sinceMs or within the last :withinMs, whichever goes back further (as
  LookBack says), and those whose skip is still to be applied.
*/
/* @name findMarkedLanes */
with marked as (
  select id from lanes
  where
    shard = any(:shards!::integer[])
    and marked_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
  union
  select id from lanes where shard = any(:shards!::integer[]) and skip_sequence is not null
)
select
  l.id as lane,
  l.shard,
  l.paused,
  l.halted_sequence is not null as "halted",
  l.skip_sequence is not null as "skips",
  extract(epoch from l.marked_at)::float8 * 1000 as "changedAtMs"
from marked m
  join lanes l on l.id = m.id;
