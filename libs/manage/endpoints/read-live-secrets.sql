/* The secrets that sign the requests of an endpoint, newest first, and an audit row that they were read. */
/* @name readLiveSecrets */
with found as (
  select id, tenant from endpoints where public_id = :publicId! and tenant = :tenant! and deleted_at is null
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
  select found.tenant, by.type, by.id, by.name, by."requestId", 'endpoint.secret_read', :subject!
  from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select s.ciphertext, s.created_at as "createdAt", s.expires_at as "expiresAt"
from found
  join endpoint_secrets s on s.endpoint = found.id
where s.expires_at is null or s.expires_at > now()
order by s.id desc;
