/* Pauses or resumes an endpoint, audits it, and nudges every shard's owner. Does nothing if it has that status already. */
/* @name setEndpointStatus */
with changed as (
  update endpoints
  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()
  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status
  returning id, tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
  select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!
  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
insert into dispatch_outbox (tenant, shard, topic, value)
select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
from changed, generate_series(0, (select shards from installation) - 1) as shard;
