/*
  Requeues an event that its producer has sent again: its dead deliveries are to be delivered again. Returns no row if none
  is dead, or if another repeat has requeued the event and they have not been tried since.
  :by   the principal, as `auditedBy` has it
*/
/* @name requeueEvent */
with event as (
  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
),
state as (
  select sum(d.attempts) as attempts, count(*) filter (where d.status = 'dead' and p.deleted_at is null)::integer as dead
  from event e
    join deliveries d on d.event_id = e.id
    join endpoints p on p.id = d.endpoint
),
asked as (
  insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeued_at_attempt)
  select
    -- Not now(), which may be before the death of a delivery that this statement sees.
    :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), s.attempts
  from event e
    cross join state s
  where s.dead > 0
  on conflict (event_id, requeued_at_attempt) where requeued_at_attempt is not null do nothing
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
