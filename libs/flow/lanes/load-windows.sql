/*
  The next pending deliveries of several lanes, each from its :fromSequences on, with what it takes to send them. Of a
  lane its head, and as many more, up to :window in all, as stay within :laneBytes of payload. Of all lanes, in the order
  they are asked for, as many as it takes to reach :bytes, and so at least the first one's head. The head of a lane that
  did not fit comes without its payload: it says that the lane has something pending. A lane without a row has nothing.
*/
/* @name loadWindows */
with pending as (
  select
    w.nth,
    w.lane,
    d.event_id,
    d.endpoint,
    d.replay,
    d.sequence,
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
    -- Without reading it: a large one's length stands in its row.
    octet_length(e.payload) as bytes,
    row_number() over of_lane as place,
    sum(octet_length(e.payload)) over of_lane as lane_bytes
  from unnest(:shards!::integer[], :lanes!::bigint[], :fromSequences!::bigint[]) with ordinality as w (shard, lane, from_sequence, nth)
    cross join lateral (
      select p.event_id, p.endpoint, p.replay, p.sequence, p.attempts, p.replayed_attempts, p.next_attempt_at
      from deliveries p
      where p.shard = w.shard and p.lane = w.lane and p.sequence >= w.from_sequence and p.status = 'pending'
      order by p.sequence
      limit :window!
    ) d
    join events e on e.id = d.event_id
  window of_lane as (partition by w.nth order by d.sequence rows unbounded preceding)
),
windows as (
  select p.*, sum(p.bytes) over (order by p.nth, p.sequence rows unbounded preceding) - p.bytes < :bytes!::bigint as fits
  from pending p
  where p.place = 1 or p.lane_bytes <= :laneBytes!::bigint
)
select
  lane,
  event_id as "eventId",
  endpoint,
  replay,
  sequence,
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
from windows
where fits or place = 1
order by nth, sequence;
