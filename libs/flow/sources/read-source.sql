/* The source of the tenant `default` with this name, with its secrets. */
/* @name readSource */
select
  s.id, s.public_id as "publicId", s.tenant, s.name, s.provider, s.settings, s.enabled,
  array(select k.secret from source_secrets k where k.source = s.id order by k.id desc) as "secrets!"
from sources s
where s.tenant = 'default' and s.name = :name! and s.deleted_at is null;
