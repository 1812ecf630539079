/* Releases all shards of this relay, which stops or cannot reach Kafka. */
/* @name releaseRelayLeases */
with unlisted as (
  delete from relays where id = :relay!
)
update relay_leases set relay = null where relay = :relay!;
