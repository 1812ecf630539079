/* Gives leases back, so that the next owner need not wait for their expiry. */
/* @name releaseLeases */
update shard_leases l
set owner = null, expires_at = clock_timestamp()
from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
where l.shard = mine.shard and l.epoch = mine.epoch
returning l.shard;
