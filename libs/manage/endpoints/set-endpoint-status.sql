/*
  Pauses or resumes an endpoint, audits it, and nudges every shard's owner. Does nothing if it has that status already, or is to be
  paused while it is disabled. An operational event tells other endpoints that a disabled one is active again.
*/
/* @name setEndpointStatus */
with before as (
  select id, status
  from endpoints
  where
    public_id = :publicId! and tenant = :tenant! and deleted_at is null
    and status <> :status!::endpoint_status and (status <> 'disabled' or :status!::endpoint_status = 'active')
  for no key update
),
changed as (
  update endpoints p
  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()
  from before b
  where p.id = b.id
  returning p.id, p.tenant, b.status = 'disabled' and p.status = 'active' as recovered
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
  select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!
  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
told as (
  insert into operational_events (tenant, type, entity, data)
  select c.tenant, 'lockstep.endpoint.recovered', :subject!, jsonb_build_object('endpoint', :subject!::text, 'reason', 'resumed')
  from changed c
  where
    c.recovered
    and exists (
      select
      from operational_subscriptions s
      where s.tenant = c.tenant and s.endpoint <> c.id and s.event_types && event_type_patterns('lockstep.endpoint.recovered')
    )
)
insert into dispatch_outbox (tenant, shard, topic, value)
select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
from changed, generate_series(0, (select shards from installation) - 1) as shard;
