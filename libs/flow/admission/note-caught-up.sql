/*
  These shards had nothing left to read, :agoMs before now. A batch that ends the log says so itself; this is for shards
  on which nothing arrives. Shards whose epoch has moved on are left alone, and those on which a statement is at work.
*/
/* @name noteCaughtUp */
with fence as (
  select l.shard
  from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
    join shard_leases l on l.shard = mine.shard and l.epoch = mine.epoch
    join shard_cursors c on c.shard = l.shard
  order by l.shard
  for key share of l
  -- A statement that admits or catches up has the cursor for as long as it runs. The other shards must not wait for it here.
  for no key update of c skip locked
)
update shard_cursors c
set caught_up_at = greatest(c.caught_up_at, now() - :agoMs!::float8 * interval '1 millisecond')
from fence f
where c.shard = f.shard;
