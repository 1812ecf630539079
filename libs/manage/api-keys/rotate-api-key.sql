/*
  Gives the API key :id another secret, if it still has the version :version, and audits it. The secret before is valid for
  :overlapMs more, and those before that until their own ends, but no longer than it. Of more than :mostFormer, those that
  end first end now. Returns a row if the key was rotated.
*/
/* @name rotateApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
held as (
  select
    id, prefix, hash, :overlapMs!::float8 > 0 as lasts,
    now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at
  from api_keys
  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
  for update
),
rotated as (
  update api_keys k
  set prefix = :prefix!, hash = :hash!, updated_at = now()
  from held
  where k.id = held.id
  returning k.tenant, k.prefix, held.prefix as previous_prefix, held.ends_at
),
kept as materialized (
  select f.prefix, held.ends_at
  from held
    join former_api_key_secrets f on f.api_key = held.id
  where held.lasts and f.expires_at > now()
  order by f.expires_at desc
  limit :mostFormer!::integer - 1
),
ended as (
  delete from former_api_key_secrets
  where api_key in (select id from held) and prefix not in (select prefix from kept)
),
shortened as (
  update former_api_key_secrets f
  set expires_at = kept.ends_at
  from kept
  where f.prefix = kept.prefix and f.expires_at > kept.ends_at
),
added as (
  insert into former_api_key_secrets (prefix, api_key, hash, expires_at)
  select prefix, id, hash, ends_at from held where lasts
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'api_key.rotated', :subject!,
    jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', ends_at)
  from rotated, by
)
select true as "rotated" from rotated;
