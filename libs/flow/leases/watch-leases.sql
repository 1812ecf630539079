/* Everything about who owns what, with the database's clock beside it. */
/* @name watchLeases */
select
  shard,
  epoch,
  owner,
  renewals,
  expires_at <= clock_timestamp() as "expired!"
from shard_leases
order by shard;
