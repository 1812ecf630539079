/*
  Takes the leases of the shards that are free: released, or expired and still exactly as the claimant saw them for a
  whole TTL (:epochs, :renewals). Changing `epoch` locks the row FOR UPDATE, so this waits until every admission and
  outcome that holds the fence has ended; those that come later see another epoch.
  One shard a call: a claim that waits for one shard must not hold up the others.
*/
/* @name claimLease */
update shard_leases
set
  epoch = epoch + 1,
  owner = :owner!,
  renewals = 0,
  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
where
  shard = :shard!
  and epoch = :epoch!
  and (owner is null or (renewals = :renewals! and expires_at <= clock_timestamp()))
returning epoch;
