/*
  Creates a tenant, or changes its settings, and audits it. Null leaves a setting as it is; a nullable one has a flag
  instead. Where nothing differs, nothing is written. Returns the tenant as find-tenant.sql does; "isCreated": it did not
  exist. No row if the tenant was made after this statement began, and has the settings already.
*/
/* @name putTenant */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
put as (
  insert into tenants as t (id, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types)
  values (
    :id!, coalesce(:name, ''), coalesce(:metadata::text::jsonb, '{}'), coalesce(:enabled, true), :perSecond::float8,
    :burst::integer, coalesce(:refusesUnknownTypes, false)
  )
  on conflict (id) do update set
    name = coalesce(:name, t.name),
    metadata = coalesce(:metadata::text::jsonb, t.metadata),
    enabled = coalesce(:enabled, t.enabled),
    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,
    rate_limit_burst = case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,
    refuses_unknown_types = coalesce(:refusesUnknownTypes, t.refuses_unknown_types),
    updated_at = now()
  where
    (t.name, t.metadata, t.enabled, t.rate_limit_per_second, t.rate_limit_burst, t.refuses_unknown_types)
    is distinct from (
      coalesce(:name, t.name), coalesce(:metadata::text::jsonb, t.metadata), coalesce(:enabled, t.enabled),
      case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,
      case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,
      coalesce(:refusesUnknownTypes, t.refuses_unknown_types)
    )
  -- A row that was just inserted has no transaction that has locked or replaced a version of it.
  returning t.*, t.xmax = 0 as is_created
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    put.id, by.type, by.id, by.name, by."requestId", case when is_created then 'tenant.created' else 'tenant.changed' end,
    put.id, jsonb_build_object('settings', :settings!::text[])
  from put, by
)
select
  id as "id!", number as "number!", name as "name!", metadata as "metadata!", enabled as "enabled!",
  rate_limit_per_second as "perSecond", rate_limit_burst as "burst", refuses_unknown_types as "refusesUnknownTypes!",
  created_at as "createdAt!", updated_at as "updatedAt!", is_created as "isCreated!"
from put
union all
select
  id, number, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types, created_at, updated_at,
  false
from tenants
where id = :id! and not exists(select from put);
