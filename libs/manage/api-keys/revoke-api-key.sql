/* Revokes an API key and audits it. See find-api-key.sql for :tenant and :seesAdminKeys. Returns a row if there was one. */
/* @name revokeApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
revoked as (
  update api_keys
  set revoked_at = now(), updated_at = now()
  where public_id = :publicId! and tenant = coalesce(:tenant, tenant) and revoked_at is null
    and (:seesAdminKeys! or not 'admin' = any(scopes))
  returning tenant, prefix
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'api_key.revoked', :subject!, jsonb_build_object('prefix', prefix)
  from revoked, by
)
select true as "revoked" from revoked;
