/*
  Lists a tenant's sources below :before (a narrow key), newest first. At most :limit, and as many as have :bytes of settings
  together, but at least one. "followed" says whether there are more.
*/
/* @name listSources */
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
  source_condition(s.id, s.enabled, t) as "state!",
  s.followed as "followed!"
from (
    select
      n.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
      sum(octet_length(n.settings::text)) over newest_first as bytes
    from (
        select *
        from sources
        where tenant = :tenant! and deleted_at is null and id < :before!
        order by id desc
        limit :limit!
      ) n
    window newest_first as (order by n.id desc)
  ) s
  join source_states t on t.source = s.id
where s.place = 1 or s.bytes <= :bytes!::integer
order by s.id desc;
