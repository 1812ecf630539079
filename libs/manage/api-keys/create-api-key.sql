/*
  Creates an API key and audits it, unless the tenant does not exist or has :most keys that are not revoked.
  "hasTenant" and "isCreated" say what happened.
*/
/* @name createApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
-- Two creations at once would both find a place for the last key.
owner as (
  select id from tenants where id = :tenant! for no key update
),
created as (
  insert into api_keys (
    public_id, tenant, name, prefix, hash, scopes, expires_at, rate_limit_per_second, rate_limit_burst, duplicates, resubmit,
    created_by
  )
  select
    :publicId!, t.id, :name!, :prefix!, :hash!, :scopes!::text[]::api_key_scope[], :expiresAt::timestamptz,
    :perSecond::float8, :burst::integer, :duplicates!::duplicates_policy, :resubmit!::resubmit_policy, by.id
  from owner t, by
  where count_api_keys(t.id) < :most!
  returning *
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    created.tenant, by.type, by.id, by.name, by."requestId", 'api_key.created', :subject!,
    jsonb_build_object(
      'name', created.name, 'prefix', created.prefix, 'scopes', to_jsonb(created.scopes), 'expiresAt', created.expires_at
    )
  from created, by
)
select
  exists(select from tenants where id = :tenant!) as "hasTenant!", exists(select from created) as "isCreated!";
