/*
  Creates the replay of an endpoint's past events that match (a null parameter matches all), audits it, and nudges the owners of
  their shards, who apply it in batches: dead letters become pending again, and each event that was delivered, without a pending
  or dead delivery, gets a new one. With :dryRun they are only counted.
*/
/* @name createEndpointReplay */
with by_event as (
  select
    d.event_id, d.shard, count(*) filter (where d.status = 'dead') as dead,
    bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new
  from deliveries d
  where
    d.endpoint = :endpoint! and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
    and exists (
      select from events e
      where
        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
        and e.accepted_at >= :from! and e.accepted_at < :to!
    )
  group by d.event_id, d.shard
),
matching as (
  select shard, sum(dead + is_new::integer) as deliveries
  from by_event
  where dead > 0 or is_new
  group by shard
),
asked as (
  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched, delivered)
  select
    :id!, :tenant!, 'replay', :endpoint!, :entity, :type, :from!, :to!, :by!::text::jsonb ->> 'id',
    coalesce((select sum(deliveries) from matching), 0), true
  where not :dryRun!::boolean
  returning id, tenant, matched
),
shared as (
  insert into replay_shards (replay, shard, tenant)
  select a.id, m.shard, a.tenant
  from asked a
    cross join matching m
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'endpoint.replayed', :subject!,
    :filter!::jsonb || jsonb_build_object('matched', matched)
  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select a.tenant, m.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
  from asked a
    cross join matching m
)
select coalesce(sum(deliveries), 0)::integer as "matched!" from matching;
