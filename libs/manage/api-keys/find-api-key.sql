/*
  One API key that is not revoked, of :tenant (null: of any tenant). One with the scope admin only if :seesAdminKeys. A
  change names its "version", so that it changes what was read.
*/
/* @name findApiKey */
select
  k.id, k.public_id as "publicId", k.tenant, k.name, k.prefix, k.scopes::text[] as "scopes!", k.expires_at as "expiresAt",
  k.rate_limit_per_second as "perSecond", k.rate_limit_burst as "burst", k.duplicates, k.resubmit,
  (select max(expires_at) from former_api_key_secrets where api_key = k.id and expires_at > now()) as "previousExpiresAt",
  u.last_used_at as "lastUsedAt?", k.created_by as "createdBy", k.created_at as "createdAt", k.updated_at as "updatedAt",
  k.changed_by::text as "version!"
from api_keys k
  left join api_key_uses u on u.api_key = k.id
where k.public_id = :publicId! and k.tenant = coalesce(:tenant, k.tenant) and k.revoked_at is null
  and (:seesAdminKeys! or not 'admin' = any(k.scopes));
