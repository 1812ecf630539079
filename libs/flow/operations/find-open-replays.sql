/*
  Replays and discards that these shards' owners have not finished: at most :perTenant of each tenant and shard, and :limit
  in all. First the oldest of each tenant and shard, then the second ones, and so on; each time, tenants and shards behind
  the last one of the round before come first. Ids begin with the time of minting.
*/
/* @name findOpenReplays */
select
  o.replay, o.shard, o.tenant, r.action, r.event_id is not null as "ofEvent!", r.delivered,
  coalesce(catch_up_floor(r.accepted_from), '00000000-0000-0000-0000-000000000000') as "firstId!"
from (
  select replay, shard, tenant, row_number() over (partition by tenant, shard order by replay) as turn
  from replay_shards
  where shard = any(:shards!::integer[]) and finished_at is null
) o
  join replays r on r.id = o.replay
where o.turn <= :perTenant!::integer
order by o.turn, (o.tenant, o.shard) <= (:lastTenant!::text, :lastShard!::integer), o.tenant, o.shard
limit :limit!;
