/* Counts the events in the outbox, and returns the age of the oldest in seconds. */
/* @name outboxDepth */
select
  count(*)::integer as depth,
  coalesce(
    (
      select extract(epoch from now() - e.accepted_at)
      from outbox o
        join events e on e.id = o.event_id
      order by o.accept_seq
      limit 1
    ),
    0
  )::float8 as "oldestAgeSeconds"
from outbox;
