/*
  Requeues an event that its producer has sent again: its dead deliveries are to be delivered again. Returns no row if none
  is dead, or if those that are dead belong to an earlier requeue that is not applied yet, or to one made at the same time.
  :by   the principal, as `auditedBy` has it
*/
/* @name requeueEvent */
with event as (
  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
),
earlier as (
  select coalesce(max(r.requeue), 0) as last, max(r.created_at) filter (where o.is_open) as open_since
  from event e
    join replays r on r.event_id = e.id and r.requeue is not null
    -- In a CASE, so that no plan reads the index of all open replays; or of all dead deliveries, below.
    cross join lateral (
      select exists (
        select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0
      ) as is_open
    ) o
),
state as (
  select count(*)::integer as dead
  from event e
    cross join earlier r
    join deliveries d on d.event_id = e.id
    join endpoints p on p.id = d.endpoint
  where
    case when d.status = 'dead' then p.deleted_at is null end
    -- What died earlier is part of the open requeue.
    and d.finished_at > coalesce(r.open_since, '-infinity')
),
asked as (
  insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeue)
  select
    -- Not now(), which may be before the death of a delivery that this statement sees.
    :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), r.last + 1
  from event e
    cross join earlier r
    cross join state s
  where s.dead > 0
  on conflict (event_id, requeue) where requeue is not null do nothing
  returning id, tenant, matched, created_at
),
shared as (
  insert into replay_shards (replay, shard, tenant)
  select a.id, e.shard, a.tenant
  from asked a
    cross join event e
),
audited as (
  insert into audit_log (tenant, at, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    a.tenant, a.created_at, by.type, by.id, by.name, by."requestId", 'event.requeued', :subject!,
    jsonb_build_object('replay', :replay!::text, 'matched', a.matched)
  from asked a
    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select a.tenant, e.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
  from asked a
    cross join event e
)
select matched as "matched!" from asked;
