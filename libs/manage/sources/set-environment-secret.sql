/*
  Replaces the environment's secret of the source :id, if it still has the version :version, and audits it. Secrets that were
  set through the API stay; of more than :most in all, those that were set first end now, as in rotate-source-secret.sql.
  Returns a row if it was replaced.
*/
/* @name setEnvironmentSecret */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
changed as (
  update sources
  set updated_at = now()
  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
  returning id, tenant
),
kept as materialized (
  select s.id
  from changed
    join source_secrets s on s.source = changed.id
  where not s.from_environment and (s.expires_at is null or s.expires_at > now())
  order by s.id desc
  limit :most!::integer - 1
),
ended as (
  delete from source_secrets
  where source in (select id from changed) and id not in (select id from kept)
),
added as (
  insert into source_secrets (source, secret, from_environment)
  select id, :secret!::bytea, true from changed
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'source.secret_rotated', :subject!, jsonb_build_object('from', :variable!::text)
  from changed, by
)
select true as "changed" from changed;
