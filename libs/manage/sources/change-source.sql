/*
  Changes settings of the source :id, if it still has the version :version, and audits their names. Null leaves a setting as
  it is. With :setsSecrets, :secrets replace all secrets. Where nothing differs, nothing is written. "hadVersion" is false
  where another change has come between; "isNameTaken" says that nothing was changed because another source has the name.
*/
/* @name changeSource */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
-- As in create-source.sql, and before the source, as there.
owner as materialized (
  select id from tenants where id = :tenant! and :name::text is not null for no key update
),
held as (
  select s.id
  from sources s
    left join owner on true
  where s.id = :id! and s.changed_by = :version!::text::xid8 and s.deleted_at is null
  for update of s
),
named as materialized (
  select held.id, coalesce(source_named(owner.id, :name::text) <> held.id, false) as is_taken
  from held
    left join owner on true
),
wanted as (
  select
    s.id,
    coalesce(:name, s.name) as name,
    coalesce(:settings::text::jsonb, s.settings) as settings,
    coalesce(:duplicates::duplicates_policy, s.duplicates) as duplicates,
    coalesce(:resubmit::resubmit_policy, s.resubmit) as resubmit,
    coalesce(:enabled, s.enabled) as enabled
  from named
    join sources s on s.id = named.id
  where not named.is_taken
),
changed as (
  update sources s
  set
    name = w.name, settings = w.settings, duplicates = w.duplicates, resubmit = w.resubmit, enabled = w.enabled,
    updated_at = now()
  from wanted w
  where
    s.id = w.id
    and (
      :setsSecrets!
      or (s.name, s.settings, s.duplicates, s.resubmit, s.enabled)
      is distinct from (w.name, w.settings, w.duplicates, w.resubmit, w.enabled)
    )
  returning s.id, s.tenant
),
ended as (
  delete from source_secrets
  where source in (select id from changed) and :setsSecrets!
),
added as (
  insert into source_secrets (source, secret)
  select changed.id, secret
  from changed, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
  where :setsSecrets!
  order by place desc
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'source.updated', :subject!,
    jsonb_build_object('settings', :changes!::text[])
  from changed, by
)
select exists(select from held) as "hadVersion!", coalesce((select is_taken from named), false) as "isNameTaken!";
