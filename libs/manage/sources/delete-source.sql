/*
  Marks the source :id as deleted, if it still has the version :version, deletes its secrets and audits it. Returns a row if
  it was deleted.
*/
/* @name deleteSource */
with deleted as (
  update sources
  set deleted_at = now(), updated_at = now()
  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
  returning id, tenant, name
),
ended as (
  delete from source_secrets where source in (select id from deleted)
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    deleted.tenant, by.type, by.id, by.name, by."requestId", 'source.deleted', :subject!,
    jsonb_build_object('name', deleted.name)
  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select true as "deleted" from deleted;
