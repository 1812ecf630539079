/*
  Acquires a shard's lease that is free: released, or expired and as :epoch and :renewals say, which the caller has seen
  unchanged for a whole TTL. Changing `epoch` locks the row FOR UPDATE: the statement waits until every admission and
  outcome that holds the fence has ended, and later ones see another epoch. One shard a call, so that a shard that waits
  does not hold up the others.
  Result: the new epoch, or no row.
*/
/* @name acquireLease */
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
