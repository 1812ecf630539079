/*
  Reads the given events for Kafka, in the given order, up to :bytes of payload, but at least the first.
*/
/* @name readEvents */
with found as (
  select e.*, sum(e.bytes) over (order by wanted.ordinal) - e.bytes as before
  from unnest(:ids!::uuid[]) with ordinality as wanted (id, ordinal)
    -- OFFSET 0 makes every plan look up each id by key. The planner must not choose a scan of all events.
    cross join lateral (
      select
        id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, attributes, payload,
        octet_length(payload) as bytes
      from events
      where events.id = wanted.id
      offset 0
    ) e
)
select
  id, tenant, type, entity, coalesce(occurred_at, accepted_at) as "time!", source,
  content_type as "contentType", traceparent, attributes, payload
from found
where before < :bytes!;
