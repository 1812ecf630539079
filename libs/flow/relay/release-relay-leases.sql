/* This relay stops: its shards are free at once. */
/* @name releaseRelayLeases */
with gone as (
  delete from relays where id = :relay!
)
update relay_leases set relay = null where relay = :relay!;
