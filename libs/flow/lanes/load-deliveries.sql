/*
  Deliveries by their keys, with what it takes to send them. As many payloads as it takes to reach :bytes, in the order
  of the keys, and so at least the first; the others come without.
*/
/* @name loadDeliveries */
with pending as (
  select
    k.nth,
    d.event_id,
    d.endpoint,
    d.replay,
    d.attempts,
    d.replayed_attempts,
    d.next_attempt_at,
    e.tenant,
    e.entity,
    e.type,
    nullif(e.source, 'api') as source,
    e.content_type,
    e.traceparent,
    e.attributes,
    e.payload,
    sum(octet_length(e.payload)) over (order by k.nth rows unbounded preceding) - octet_length(e.payload) < :bytes!::bigint as fits
  from unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[]) with ordinality as k (event_id, endpoint, replay, nth)
    join deliveries d on d.event_id = k.event_id and d.endpoint = k.endpoint and d.replay = k.replay
    join events e on e.id = d.event_id
  where d.status = 'pending'
)
select
  event_id as "eventId",
  endpoint,
  replay,
  attempts,
  replayed_attempts as "replayedAttempts",
  extract(epoch from next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
  tenant,
  entity,
  type,
  source,
  content_type as "contentType",
  traceparent,
  attributes,
  case when fits then payload end as payload
from pending
order by nth;
