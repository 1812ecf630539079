/*
  Creates a replay or discard of all matching dead letters (a null parameter matches all), audits it, and nudges the
  owners of their shards, who apply it in batches.
*/
/* @name createReplay */
with matching as (
  select d.shard, count(*) as letters
  from deliveries d
  where
    d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
    and (:endpoint::integer is null or d.endpoint = :endpoint)
    and (
      coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null
      or exists (
        select from events e
        where
          e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
          and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')
      )
    )
    and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))
  group by d.shard
),
asked as (
  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched)
  select
    :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :by!::text::jsonb ->> 'id', coalesce((select sum(letters) from matching), 0)
  returning id, tenant, action, matched
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
    tenant, by.type, by.id, by.name, by."requestId", 'dead_letters.' || case action when 'replay' then 'replayed' else 'discarded' end, :subject!,
    :filter!::jsonb || jsonb_build_object('matched', matched) || coalesce(
      (select jsonb_build_object('endpoint', 'ep_' || replace(public_id::text, '-', '')) from endpoints where endpoints.id = :endpoint),
      '{}'
    )
  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select a.tenant, m.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
  from asked a
    cross join matching m
)
select matched as "matched!" from asked;
