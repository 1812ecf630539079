/* Marks an event type as deleted and audits it. Returns a row if it existed. */
/* @name deleteEventType */
with deleted as (
  update event_types
  set deleted_at = now(), updated_at = now(), schema = null
  where tenant = :tenant! and name = :name! and deleted_at is null
  returning tenant, name
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
  select deleted.tenant, by.type, by.id, by.name, by."requestId", 'event_type.deleted', deleted.name
  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select true as "deleted" from deleted;
