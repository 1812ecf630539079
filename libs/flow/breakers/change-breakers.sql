/*
  Changes the states of several breakers, each if it still has the version that the change was decided on, and audits what
  opened or closed, which operational events tell too. Returns the changes that were made.

  A probe is claimed when it is due by this clock. The claim lasts for an attempt, which may take the endpoint's timeout twice,
  and the time until the attempt starts; or until its dispatcher owns no lease, and so may send nothing.
*/
/* @name changeBreakers */
with asked as materialized (
  select *
  from
    unnest(:endpoints!::integer[], :versions!::integer[], :states!::breaker_state[], :openings!::integer[], :waitsMs!::float8[])
      as a (endpoint, version, state, openings, wait_ms)
),
found as (
  select
    b.endpoint, a.state, a.openings, b.state as former_state, b.since as former_since, p.tenant, p.public_id,
    now() + case a.state when 'open' then a.wait_ms when 'half-open' then 2 * p.timeout_ms + 5000 end * interval '1 millisecond' as probe_at
  from asked a
    join endpoint_breakers b on b.endpoint = a.endpoint and b.version = a.version
    -- What was in flight when an endpoint was deleted does not open its breaker.
    join endpoints p on p.id = b.endpoint and p.deleted_at is null
  where
    a.state <> 'half-open' or b.probe_at <= now()
    or (
      b.state = 'half-open' and b.prober <> :prober!::uuid
      and not exists (select from shard_leases l where l.owner = b.prober and l.expires_at > now())
    )
  order by b.endpoint
  for no key update of b
),
changed as (
  update endpoint_breakers b
  set
    version = b.version + 1,
    state = f.state,
    since = case when 'closed' in (f.state, f.former_state) then now() else b.since end,
    openings = f.openings,
    probe_at = f.probe_at,
    prober = case f.state when 'half-open' then :prober end,
    claimed_at = case f.state when 'half-open' then now() end,
    ended = case f.state when 'closed' then 0 else b.ended end,
    failed = case f.state when 'closed' then 0 else b.failed end,
    previous_ended = case f.state when 'closed' then 0 else b.previous_ended end,
    previous_failed = case f.state when 'closed' then 0 else b.previous_failed end,
    retry_at = case f.state when 'closed' then null else b.retry_at end
  from found f
  where b.endpoint = f.endpoint
  returning
    b.endpoint, b.version, f.state, f.former_state, f.former_since, f.tenant, f.public_id,
    counted_lately(b.bucket, b.ended, b.previous_ended) as ended, counted_lately(b.bucket, b.failed, b.previous_failed) as failed
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select c.tenant, 'system', 'system', 'Lockstep', e.action, 'ep_' || replace(c.public_id::text, '-', ''), e.detail
  from changed c
    cross join lateral (
      select 'breaker.opened' as action, jsonb_build_object('ended', c.ended, 'failed', c.failed) as detail
      where c.former_state = 'closed' and c.state = 'open'
      union all
      select a.action, jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      from (values ('breaker.closed'), ('endpoint.recovered')) as a (action)
      where c.state = 'closed'
    ) e
),
told as (
  -- Not to the endpoint itself.
  insert into operational_events (tenant, type, entity, data)
  select c.tenant, e.type, i.id, jsonb_build_object('endpoint', i.id) || e.data
  from changed c
    cross join lateral (select 'ep_' || replace(c.public_id::text, '-', '') as id) i
    cross join lateral (
      select 1 as place, 'lockstep.breaker.opened' as type, jsonb_build_object('ended', c.ended, 'failed', c.failed) as data
      where c.former_state = 'closed' and c.state = 'open'
      union all
      select
        1, 'lockstep.breaker.closed',
        jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      where c.state = 'closed'
      union all
      select 2, 'lockstep.endpoint.recovered', jsonb_build_object('reason', 'answering')
      where c.state = 'closed'
    ) e
  where exists (
      select
      from operational_subscriptions s
      where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)
    )
  order by c.endpoint, e.place
)
select public_id as "endpointId", state as "state!", former_state as "formerState", ended as "ended!", failed as "failed!"
from changed;
