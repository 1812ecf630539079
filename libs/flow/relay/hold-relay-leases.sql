/*
  Renews this relay's leases, acquires its fair share of the shards and releases the rest. The share is the number of
  shards divided by that of the live relays, rounded up. Returns the shards that it holds now.
*/
/* @name holdRelayLeases */
with seen as (
  insert into relays (id, seen_at) values (:relay!, now())
  on conflict (id) do update set seen_at = excluded.seen_at
),
expired as (
  delete from relays where seen_at < now() - interval '1 minute' and id <> :relay!
),
share as (
  select ceil((select count(*) from relay_leases)::numeric / (count(*) + 1))::integer as shards
  from relays
  where id <> :relay! and seen_at > now() - :ttlMs!::float8 * interval '1 millisecond'
),
wanted as (
  -- Own shards first, so that shards seldom move. Skip locked: another relay is acquiring that shard now.
  select shard
  from relay_leases
  where relay = :relay! or relay is null or expires_at <= now()
  order by relay is distinct from :relay!, shard
  limit (select shards from share)
  for update skip locked
),
released as (
  update relay_leases set relay = null
  where relay = :relay! and shard not in (select shard from wanted)
)
update relay_leases l
set relay = :relay!, expires_at = now() + :ttlMs!::float8 * interval '1 millisecond'
from wanted
where l.shard = wanted.shard
returning l.shard;
