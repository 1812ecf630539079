/* Replays and discards that these shards' owners have not finished, the oldest first. */
/* @name findOpenReplays */
select s.replay, s.shard, r.action, r.event_id is not null as "ofEvent!"
from replay_shards s
  join replays r on r.id = s.replay
where s.shard = any(:shards!::integer[]) and s.finished_at is null
order by r.created_at, s.replay, s.shard;
