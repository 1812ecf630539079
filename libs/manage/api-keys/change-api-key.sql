/*
  Changes settings of the API key :id, if it still has the version :version, and audits their names. Null leaves a setting
  as it is; a nullable one has a flag instead. Returns a row if it was changed.
*/
/* @name changeApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
changed as (
  update api_keys
  set
    name = coalesce(:name, name),
    scopes = coalesce(:scopes::text[]::api_key_scope[], scopes),
    expires_at = case when :setsExpiresAt! then :expiresAt::timestamptz else expires_at end,
    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,
    rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,
    duplicates = coalesce(:duplicates::duplicates_policy, duplicates),
    resubmit = coalesce(:resubmit::resubmit_policy, resubmit),
    updated_at = now()
  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
  returning tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'api_key.changed', :subject!,
    jsonb_build_object('settings', :settings!::text[])
  from changed, by
)
select true as "changed" from changed;
