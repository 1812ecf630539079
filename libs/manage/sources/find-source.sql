/* One source of a tenant, with the columns of list-sources.sql. A change names its "version", so that it changes what was read. */
/* @name findSource */
select
  s.id, s.public_id as "publicId", s.name, s.provider, s.settings, s.duplicates, s.resubmit, s.enabled,
  s.created_at as "createdAt", s.updated_at as "updatedAt", s.changed_by::text as "version!",
  (
    select jsonb_agg(jsonb_build_object('createdAt', created_at, 'expiresAt', expires_at) order by id desc)
    from source_secrets
    where source = s.id and (expires_at is null or expires_at > now())
  ) as "secrets",
  t.last_accepted_at as "lastAcceptedAt", t.last_rejected_at as "lastRejectedAt", t.last_rejection_code as "lastRejectionCode",
  t.last_rejection_detail as "lastRejectionDetail",
  source_condition(s.id, s.enabled, t) as "state!"
from sources s
  join source_states t on t.source = s.id
where s.public_id = :publicId! and s.tenant = :tenant! and s.deleted_at is null;
