/*
  The source with this name, as far as the environment is concerned: "secret" is the environment's, unless it has been given
  an end. "version" is that of find-source.sql.
*/
/* @name findEnvironmentSource */
select
  s.id, s.public_id as "publicId", s.provider, s.changed_by::text as "version!",
  (
    select secret from source_secrets where source = s.id and from_environment and expires_at is null order by id desc limit 1
  ) as "secret"
from sources s
where s.tenant = :tenant! and s.name = :name! and s.deleted_at is null;
