/*
  Marks an endpoint as deleted, audits it, deletes its rate limit's bucket, and nudges every shard's owner to discard its
  pending deliveries. Returns a row if it existed.
*/
/* @name deleteEndpoint */
with deleted as (
  update endpoints
  set deleted_at = now(), updated_at = now()
  where public_id = :publicId! and tenant = :tenant! and deleted_at is null
  returning id, tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
  select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.deleted', :subject!
  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
unlimited as (
  delete from token_buckets where id in (select 'endpoint/' || id from deleted)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
  from deleted, generate_series(0, (select shards from installation) - 1) as shard
)
select true as "deleted" from deleted;
