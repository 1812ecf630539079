/*
  Renews this relay's leases and claims its fair share of the shards: their number by that of the relays alive, rounded
  up. What it holds above its share is released for the others. Returns the shards it holds now.
*/
/* @name holdRelayLeases */
with seen as (
  insert into relays (id, seen_at) values (:relay!, now())
  on conflict (id) do update set seen_at = excluded.seen_at
),
forgotten as (
  delete from relays where seen_at < now() - interval '1 minute' and id <> :relay!
),
share as (
  select ceil((select count(*) from relay_leases)::numeric / (count(*) + 1))::integer as shards
  from relays
  where id <> :relay! and seen_at > now() - :ttlMs!::float8 * interval '1 millisecond'
),
wanted as (
  -- Mine first, so that shards do not wander; skip locked: another relay is claiming that one now.
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
