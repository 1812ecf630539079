/* How many events wait for Kafka, and for how many seconds the oldest has. */
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
