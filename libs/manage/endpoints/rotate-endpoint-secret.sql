/*
  Gives the endpoint :id another signing secret, if it still has the version :version, audits it, and nudges every shard's
  owner. The secrets before sign for :overlapMs more, or until their own ends; without an overlap they end now. Secrets that
  have ended are deleted. If the newest secret is the given one already, :current names it: it stays, and none is added.
  Returns a row if the secret was set.
*/
/* @name rotateEndpointSecret */
with by as (
  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
rotated as (
  update endpoints
  set public_key = :publicKey, updated_at = now()
  where id = :id! and version = :version! and deleted_at is null
  returning id, tenant
),
kept as (
  update endpoint_secrets s
  set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')
  from rotated
  where s.endpoint = rotated.id and s.id is distinct from :current and :overlapMs!::float8 > 0 and (s.expires_at is null or s.expires_at > now())
  returning s.expires_at
),
ended as (
  delete from endpoint_secrets
  where endpoint in (select id from rotated) and id is distinct from :current and (:overlapMs!::float8 = 0 or expires_at <= now())
),
added as (
  insert into endpoint_secrets (endpoint, tenant, ciphertext)
  select id, tenant, :secretCiphertext!::bytea from rotated where :current::bigint is null
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select
    tenant, by.type, by.id, by.name, by."requestId", 'endpoint.secret_rotated', :subject!,
    jsonb_strip_nulls(jsonb_build_object(
      'signature', case when :publicKey is null then 'v1' else 'v1a' end,
      'previousExpiresAt', (select to_char(max(expires_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from kept)
    ))
  from rotated, by
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
  from rotated, generate_series(0, (select shards from installation) - 1) as shard
)
select true as "rotated" from rotated;
