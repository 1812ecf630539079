/*
  Turns operational events into events in one statement: deletes their rows, stores the events and queues them for Kafka. A
  row that another gateway has turned into an event is left out. Rows are locked in the order of :rows, and every gateway
  begins with the first one, so the events of an entity are accepted in the order of their rows.

  :rows, :ids, :shards, :payloads   one entry an event: its row, ascending, and what it becomes

  Returns how many events were stored.
*/
/* @name acceptOperationalEvents */
with taken as materialized (
  -- Row by row, by key: the planner takes a queue that is empty most of the time for empty.
  select n.place, o.tenant, o.type, o.entity, o.at, n.id, n.shard, n.payload
  from
    unnest(:rows!::bigint[], :ids!::uuid[], :shards!::integer[], :payloads!::text[]) as n (place, id, shard, payload)
    cross join lateral (select tenant, type, entity, at from operational_events where operational_events.id = n.place for update) o
),
deleted as (
  delete from operational_events
  where id = any(array(select place from taken))
),
stored as (
  insert into events (id, tenant, shard, type, entity, occurred_at, source, content_type, accepted_by, payload)
  select id, tenant, shard, type, entity, at, :source!, 'application/json', 'system', convert_to(payload, 'UTF8')
  from taken
  order by place
  returning accept_seq, tenant, shard, id
),
queued as (
  insert into outbox (accept_seq, tenant, shard, event_id)
  select accept_seq, tenant, shard, id from stored
)
select count(*)::integer as "accepted!"
from stored;
