/* All leases, and whether they have expired by the database's clock. */
/* @name watchLeases */
select
  shard,
  epoch,
  owner,
  renewals,
  expires_at <= clock_timestamp() as "expired!"
from shard_leases
order by shard;
