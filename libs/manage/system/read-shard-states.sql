/*
  Each shard: who owns it, who relays its events to Kafka, how far its log is admitted, and what waits for Kafka: of each
  outbox at most :mostCounted rows are counted.
*/
/* @name readShardStates */
select
  l.shard, l.epoch, l.owner, l.expires_at as "expiresAt", l.owner is not null and l.expires_at > clock_timestamp() as "isOwned!",
  case when r.expires_at > now() then r.relay end as "relay?", c.next_offset as "nextOffset", c.caught_up_at as "caughtUpAt",
  (select count(*) from (select from outbox o where o.shard = l.shard limit :mostCounted!::integer) x)::integer as "events!",
  (
    select e.accepted_at
    from (select event_id from outbox o where o.shard = l.shard order by o.accept_seq limit 1) first
      join events e on e.id = first.event_id
  ) as "oldestEventAt?",
  (select count(*) from (select from dispatch_outbox d where d.shard = l.shard limit :mostCounted!::integer) x)::integer as "records!",
  (select d.created_at from dispatch_outbox d where d.shard = l.shard order by d.id limit 1) as "oldestRecordAt?"
from shard_leases l
  join shard_cursors c on c.shard = l.shard
  left join relay_leases r on r.shard = l.shard
order by l.shard;
