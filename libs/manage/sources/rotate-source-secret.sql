/*
  Gives the source :id new secrets, if it still has the version :version, and audits it. The secrets before are valid for
  :overlapMs more, or until their own ends. Of more than :most in all, those that were set first end now. Returns a row if
  they were set.
*/
/* @name rotateSourceSecret */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
held as (
  select id, :overlapMs!::float8 > 0 as lasts, now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at
  from sources
  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
  for update
),
rotated as (
  update sources s
  set updated_at = now()
  from held
  where s.id = held.id
  returning s.id, s.tenant
),
kept as materialized (
  select s.id, least(s.expires_at, held.ends_at) as ends_at
  from held
    join source_secrets s on s.source = held.id
  where held.lasts and (s.expires_at is null or s.expires_at > now())
  order by s.id desc
  limit :most!::integer - cardinality(:secrets!::bytea[])
),
ended as (
  delete from source_secrets
  where source in (select id from held) and id not in (select id from kept)
),
shortened as (
  update source_secrets s
  set expires_at = kept.ends_at
  from kept
  where s.id = kept.id
),
added as (
  insert into source_secrets (source, secret)
  select rotated.id, secret
  from rotated, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
  order by place desc
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'source.secret_rotated', :subject!,
    jsonb_strip_nulls(jsonb_build_object(
      'secrets', cardinality(:secrets!::bytea[]),
      'previousExpiresAt', (select to_char(max(ends_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from kept)
    ))
  from rotated, by
)
select true as "rotated" from rotated;
