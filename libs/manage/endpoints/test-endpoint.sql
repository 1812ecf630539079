/* What a test request to an endpoint in any status needs, and an audit row that it is made. */
/* @name testEndpoint */
with found as (
  select id, tenant, public_id, url, timeout_ms, headers_ciphertext, auth_ciphertext
  from endpoints
  where public_id = :publicId! and tenant = :tenant! and deleted_at is null
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select found.tenant, by.type, by.id, by.name, by."requestId", 'endpoint.tested', :subject!, jsonb_build_object('type', :type!::text)
  from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
select
  id, public_id as "publicId", url, timeout_ms as "timeoutMs", headers_ciphertext as "headersCiphertext", auth_ciphertext as "authCiphertext",
  array(
    select s.ciphertext
    from endpoint_secrets s
    where s.endpoint = found.id and (s.expires_at is null or s.expires_at > now())
    order by s.id desc
  ) as "secretCiphertexts!"
from found;
