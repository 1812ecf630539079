/*
  Disables those of the endpoints to which nothing was delivered for as long as their `disableAfter`. Audits that, tells it by
  operational events, and nudges every shard's owner.
*/
/* @name disableFailing */
with failing as (
  -- Of two dispatchers at the same time, the second finds the endpoint disabled.
  select p.id, to_char(b.undelivered_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
  from endpoints p
    join endpoint_breakers b on b.endpoint = p.id
  where
    p.id = any(:endpoints!::integer[]) and p.status = 'active' and p.deleted_at is null
    and b.undelivered_since <= now() - p.disable_after_ms * interval '1 millisecond'
  order by p.id
  for no key update of p
),
disabled as (
  update endpoints p
  set
    status = 'disabled',
    status_reason = format('Nothing was delivered since %s, for longer than disableAfter; repair the receiver, then activate the endpoint again with resume', f.since),
    updated_at = now()
  from failing f
  where p.id = f.id
  returning p.id, p.tenant, p.public_id, f.since
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    tenant, 'system', 'system', 'Lockstep', 'endpoint.disabled', 'ep_' || replace(public_id::text, '-', ''),
    jsonb_build_object('reason', 'failing', 'since', since)
  from disabled
),
told as (
  -- Not to the endpoint itself.
  insert into operational_events (tenant, type, entity, data)
  select d.tenant, e.type, i.id, jsonb_build_object('endpoint', i.id, 'reason', 'failing')
  from disabled d
    cross join lateral (
      select 'ep_' || replace(d.public_id::text, '-', '') as id
    ) i
    cross join (values ('lockstep.endpoint.disabled')) as e (type)
  where exists (
      select
      from operational_subscriptions s
      where s.tenant = d.tenant and s.endpoint <> d.id and s.event_types && event_type_patterns(e.type)
    )
  order by d.id
),
nudges as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select d.tenant, l.shard, 'control', convert_to(json_build_object('kind', 'endpoint_changed', 'endpoint', d.id)::text, 'UTF8')
  from disabled d
    cross join shard_leases l
)
select id from disabled;
