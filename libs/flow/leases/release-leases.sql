/* Gives leases back, so that the next owner need not wait for their expiry. */
/* @name releaseLeases */
with mine as (
  -- In one order: two statements that meet in several leases wait, and don't deadlock.
  select l.shard
  from unnest(:shards!::integer[], :epochs!::bigint[]) as m (shard, epoch)
    join shard_leases l on l.shard = m.shard and l.epoch = m.epoch
  order by l.shard
  for no key update of l
)
update shard_leases l
set owner = null, expires_at = clock_timestamp()
from mine
where l.shard = mine.shard
returning l.shard;
