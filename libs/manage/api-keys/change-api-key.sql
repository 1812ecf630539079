/*
  Changes settings of the API key :id, if it still has the version :version, and audits their names. Null leaves a setting
  as it is; a nullable one has a flag instead. Where nothing differs, nothing is written. Returns a row if it had the version.
*/
/* @name changeApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
held as (
  select id from api_keys where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null for update
),
wanted as (
  select
    k.id,
    coalesce(:name, k.name) as name,
    coalesce(:scopes::text[]::api_key_scope[], k.scopes) as scopes,
    case when :setsExpiresAt! then :expiresAt::timestamptz else k.expires_at end as expires_at,
    case when :setsRateLimit! then :perSecond::float8 else k.rate_limit_per_second end as per_second,
    case when :setsRateLimit! then :burst::integer else k.rate_limit_burst end as burst,
    coalesce(:duplicates::duplicates_policy, k.duplicates) as duplicates,
    coalesce(:resubmit::resubmit_policy, k.resubmit) as resubmit
  from held
    join api_keys k on k.id = held.id
),
changed as (
  update api_keys k
  set
    name = w.name, scopes = w.scopes, expires_at = w.expires_at, rate_limit_per_second = w.per_second,
    rate_limit_burst = w.burst, duplicates = w.duplicates, resubmit = w.resubmit, updated_at = now()
  from wanted w
  where
    k.id = w.id
    and (k.name, k.scopes, k.expires_at, k.rate_limit_per_second, k.rate_limit_burst, k.duplicates, k.resubmit)
    is distinct from (w.name, w.scopes, w.expires_at, w.per_second, w.burst, w.duplicates, w.resubmit)
  returning k.tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'api_key.changed', :subject!,
    jsonb_build_object('settings', :settings!::text[])
  from changed, by
)
select true as "hadVersion" from held;
