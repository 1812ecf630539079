/*
  Creates the replay of an event: its dead deliveries become pending again, and each endpoint that it was delivered to,
  without a pending or dead delivery of it, gets a new delivery. Returns no row if the event does not exist.
*/
/* @name createEventReplay */
with event as (
  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
),
by_endpoint as (
  select
    d.endpoint,
    count(*) filter (where d.status = 'dead') as dead,
    bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new
  from event e
    join deliveries d on d.event_id = e.id
    join endpoints p on p.id = d.endpoint and p.deleted_at is null
  group by d.endpoint
),
asked as (
  insert into replays (id, tenant, action, event_id, actor, matched)
  select :id!, e.tenant, 'replay', e.id, :by!::text::jsonb ->> 'id', coalesce((select sum(dead + is_new::integer) from by_endpoint), 0)
  from event e
  returning id, tenant, event_id, matched
),
shared as (
  insert into replay_shards (replay, shard, tenant)
  select a.id, e.shard, a.tenant
  from asked a
    cross join event e
  where a.matched > 0
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'event.replayed', :subject!,
    jsonb_build_object('event', 'evt_' || replace(event_id::text, '-', ''), 'matched', matched)
  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select e.tenant, e.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
  from event e
)
select matched as "matched!" from asked;
