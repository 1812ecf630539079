/* Renews the leases whose epoch is still ours. No key column changes, so no admission or outcome waits for it. */
/* @name renewLeases */
update shard_leases l
set
  renewals = l.renewals + 1,
  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
where l.shard = mine.shard and l.epoch = mine.epoch
returning l.shard;
