/*
  Gives the API key :id another secret, if it still has the version :version, and audits it. The one before is valid for
  :overlapMs more; one before that is not valid any more. Returns a row if it was rotated.
*/
/* @name rotateApiKey */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
rotated as (
  update api_keys
  set
    previous_prefix = prefix, previous_hash = hash,
    previous_expires_at = now() + :overlapMs!::float8 * interval '1 millisecond',
    prefix = :prefix!, hash = :hash!, updated_at = now()
  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
  returning tenant, prefix, previous_prefix, previous_expires_at
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'api_key.rotated', :subject!,
    jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', previous_expires_at)
  from rotated, by
)
select true as "rotated" from rotated;
