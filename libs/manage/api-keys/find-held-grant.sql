/*
  What the API key :publicId gives to a request that came with its secret :prefix. "isFormer": the key was rotated since, and
  then nothing is held beyond the end of the secret. No row: the key is revoked, or the secret has ended.
*/
/* @name findHeldGrant */
select
  k.scopes::text[] as "scopes!", least(k.expires_at, f.expires_at) as "expiresAt?",
  k.rate_limit_per_second as "perSecond", k.rate_limit_burst as "burst", f.prefix is not null as "isFormer!"
from api_keys k
  left join former_api_key_secrets f on f.api_key = k.id and f.prefix = :prefix! and f.expires_at > now()
where k.public_id = :publicId! and k.revoked_at is null and (k.prefix = :prefix! or f.prefix is not null);
