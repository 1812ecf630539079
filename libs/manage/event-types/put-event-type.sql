/*
  Creates an event type, or replaces its settings, and audits it. Returns it, with version 1 if it was created; no row when
  the tenant has :most event types. Removes the tenant's rows that were deleted more than a day ago.
*/
/* @name putEventType */
with removed as (
  delete from event_types
  where tenant = :tenant! and deleted_at < now() - interval '1 day' and name <> :name!
),
kept as (
  insert into event_types as t (tenant, name, description, schema, enforce, deprecated)
  select :tenant!, :name!, :description!, :schema, :enforce!::event_type_enforcement, :deprecated!
  where
    exists (select from event_types where tenant = :tenant! and name = :name! and deleted_at is null)
    or (select count(*) from event_types where tenant = :tenant! and deleted_at is null) < :most!
  on conflict (tenant, name) do update
  set
    description = excluded.description,
    schema = excluded.schema,
    enforce = excluded.enforce,
    deprecated = excluded.deprecated,
    version = case when t.deleted_at is null then t.version + 1 else 1 end,
    created_at = case when t.deleted_at is null then t.created_at else now() end,
    updated_at = now(),
    deleted_at = null
  returning *
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    kept.tenant, by.type, by.id, by.name, by."requestId",
    'event_type.' || case version when 1 then 'created' else 'changed' end, kept.name,
    jsonb_build_object('version', version, 'schema', schema is not null, 'enforce', enforce, 'deprecated', deprecated)
  from kept, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select
  id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt"
from kept;
