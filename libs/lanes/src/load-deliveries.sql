/* Deliveries by their keys, with what it takes to send them. */
/* @name loadDeliveries */
select
  d.event_id as "eventId",
  d.endpoint,
  d.replay,
  d.attempts,
  d.replayed_attempts as "replayedAttempts",
  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  e.tenant,
  e.entity,
  e.type,
  e.content_type as "contentType",
  e.traceparent,
  e.payload
from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) as k (event_id, endpoint, replay)
  join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay
  join events e on e.id = d.event_id
where d.status = 'pending';
