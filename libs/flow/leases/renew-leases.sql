/* Renews the leases whose epoch is still ours. No key column changes, so no admission or outcome waits for it. */
/* @name renewLeases */
with mine as (
  -- In one order: two statements that meet in several leases wait, and don't deadlock.
  select l.shard
  from unnest(:shards!::integer[], :epochs!::bigint[]) as m (shard, epoch)
    join shard_leases l on l.shard = m.shard and l.epoch = m.epoch
  order by l.shard
  for no key update of l
)
update shard_leases l
set
  renewals = l.renewals + 1,
  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
from mine
where l.shard = mine.shard
returning l.shard;
