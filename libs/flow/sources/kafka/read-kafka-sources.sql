/*
  Reads the Kafka sources that are enabled, as their tenants are. "version" changes with either. The
  password is the newest secret that has not expired.
*/
/* @name readKafkaSources */
select
  s.id,
  s.public_id as "publicId",
  s.tenant,
  s.name,
  s.settings,
  s.duplicates,
  s.resubmit,
  s.changed_by::text || '/' || t.changed_by::text as "version!",
  t.rate_limit_per_second as "perSecond",
  t.rate_limit_burst as "burst",
  t.refuses_unknown_types as "refusesUnknownTypes",
  (
    select x.secret from source_secrets x
    where x.source = s.id and (x.expires_at is null or x.expires_at > now())
    order by x.id desc
    limit 1
  ) as "password"
from sources s
  join tenants t on t.id = s.tenant
where s.provider = 'kafka' and s.deleted_at is null and s.enabled and t.enabled
order by s.id;
