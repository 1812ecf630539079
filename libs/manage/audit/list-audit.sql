/*
  Lists audit rows of :tenants ('' is the whole installation), newest first, below a place (a moment in microseconds since
  1970, and an id) and from :from on. Reads at most :mostRead rows, by the index on the subject if there is one, else by that
  on the time; the last one of them comes even if it does not match.

  Without :seesAdminKeys, rows about API keys with the scope admin are left out, and such a key, or one of another tenant,
  appears as the admin where it is the actor.
*/
/* @name listAudit */
select
  a.id as "id!", a.at as "at!", (extract(epoch from a.at) * 1000000)::bigint as "microseconds!",
  case when v.hides_actor then audited_actor('admin', 'admin', null) else audited_actor(a.actor_type, a.actor, a.actor_name) end as "actor!", a.action as "action!",
  a.subject as "subject!", a.detail as "detail!", a.request_id as "requestId", m.matches as "matches!", a.is_last as "isLast!"
from (
    select *, row_number() over (order by at desc, id desc) = :mostRead! as is_last
    from (
        (
          select r.*
          from unnest(:tenants!::text[]) as t (tenant)
            cross join lateral (
              select *
              from audit_log
              where
                :subject::text is null and coalesce(tenant, '') = t.tenant
                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)
              order by at desc, id desc
              limit :mostRead!::bigint
            ) r
        )
        union all
        (
          select r.*
          from unnest(:tenants!::text[]) as t (tenant)
            cross join lateral (
              select *
              from audit_log
              where
                coalesce(tenant, '') = t.tenant and subject = :subject
                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)
              order by at desc, id desc
              limit :mostRead!::bigint
            ) r
        )
        order by at desc, id desc
        limit :mostRead!::bigint
      ) newest
  ) a
  cross join lateral (
    select
      case when not :seesAdminKeys! and a.actor ~ '^key_[0-9a-f]{32}$' then
        exists(select from api_keys where public_id = substr(a.actor, 5)::uuid and ('admin' = any(scopes) or tenant is distinct from a.tenant))
      else false end as hides_actor,
      case when not :seesAdminKeys! and a.subject ~ '^key_[0-9a-f]{32}$' then
        exists(select from api_keys where public_id = substr(a.subject, 5)::uuid and 'admin' = any(scopes))
      else false end as hides_row
  ) v
  cross join lateral (
    select
      not v.hides_row and (:actor::text is null or case when v.hides_actor then 'admin' else a.actor end = :actor)
      and (:action::text is null or a.action = :action) as matches
  ) m
where m.matches or a.is_last
order by a.at desc, a.id desc
limit :limit!;
