/*
  The next pending deliveries of several lanes, each from its :fromSequences on, up to :window a lane, with what it
  takes to send them.
*/
/* @name loadWindows */
select
  w.lane,
  d.event_id as "eventId",
  d.endpoint,
  d.replay,
  d.sequence,
  d.attempts,
  d.replayed_attempts as "replayedAttempts",
  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  e.tenant,
  e.entity,
  e.type,
  e.content_type as "contentType",
  e.traceparent,
  e.payload
from unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) as w (shard, lane, from_sequence)
  cross join lateral (
    select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at
    from deliveries p
    where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'
    order by p.sequence
    limit :window!
  ) d
  join events e on e.id = d.event_id
order by w.lane, d.sequence;
