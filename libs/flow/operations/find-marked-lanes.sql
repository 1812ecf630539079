/*
  Marks on lanes, at most :limit of each shard, in the order of their times: those made since the shard's :sinceMs or within
  the last :withinMs, whichever goes back further (as LookBack says), behind (:afterMark, :afterLane).
*/
/* @name findMarkedLanes */
select
  m.id as lane,
  m.shard,
  m.paused,
  m.halted_sequence is not null as "halted",
  m.marked_at::text as "markedAt!",
  extract(epoch from m.marked_at)::float8 * 1000 as "changedAtMs!"
from unnest(:shards!::integer[], :sinceMs!::float8[], :afterMarks!::timestamptz[], :afterLanes!::bigint[]) as s (shard, since_ms, after_mark, after_lane)
  cross join lateral (
    select l.id, l.shard, l.paused, l.halted_sequence, l.marked_at
    from lanes l
    where
      l.shard = s.shard
      and l.marked_at >= least(to_timestamp(s.since_ms / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
      and (l.marked_at, l.id) > (s.after_mark, s.after_lane)
    order by l.marked_at, l.id
    limit :limit!
  ) m
order by m.shard, m.marked_at, m.id;
