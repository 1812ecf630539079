/*
  Adds counts of rejections, of events' duplicates and of what came to sources to those of other gateways and earlier
  flushes, and audits which sources are failing now, or no longer. An operational event tells which are failing. A flush
  that was added before, because its answer was lost, adds nothing: each gateway numbers its flushes. In sorted order, so
  that two gateways cannot deadlock.
*/
/* @name addRejections */
with forgotten as (
  -- Of gateways that have stopped.
  delete from rejection_flushes
  where gateway in (
    select gateway from rejection_flushes where flushed_at < now() - interval '1 day' and gateway <> :gateway!::uuid
    for update skip locked
  )
),
flush as (
  insert into rejection_flushes as known (gateway, number)
  values (:gateway!::uuid, :number!::bigint)
  on conflict (gateway) do update set number = excluded.number, flushed_at = now()
    where known.number < excluded.number
  returning number
),
duplicates as (
  insert into event_duplicates as known (event_id, minute, key, requests, first_at, last_at)
  select
    d.event, to_timestamp(d.minute_ms / 1000), d.key, d.requests, to_timestamp(d.first_at_ms / 1000), to_timestamp(d.last_at_ms / 1000)
  from flush
    cross join unnest(
      :events!::uuid[], :eventMinutesMs!::float8[], :eventKeys!::text[], :eventRequests!::bigint[], :eventFirstsMs!::float8[],
      :eventLastsMs!::float8[]
    ) as d (event, minute_ms, key, requests, first_at_ms, last_at_ms)
  order by d.event, d.minute_ms, d.key
  on conflict (event_id, minute, key) do update
    set
      requests = known.requests + excluded.requests,
      first_at = least(known.first_at, excluded.first_at),
      last_at = greatest(known.last_at, excluded.last_at)
),
activity as (
  insert into source_activity as known (source, minute, outcome, requests, last_detail, last_at)
  select
    a.source, to_timestamp(a.minute_ms / 1000), a.outcome, a.requests, a.last_detail, to_timestamp(a.last_at_ms / 1000)
  from flush
    cross join unnest(
      :activitySources!::integer[], :activityMinutesMs!::float8[], :outcomes!::text[], :outcomeRequests!::bigint[],
      :outcomeDetails!::text[], :outcomeLastsMs!::float8[]
    ) as a (source, minute_ms, outcome, requests, last_detail, last_at_ms)
    join sources s on s.id = a.source
  order by a.source, a.minute_ms, a.outcome
  on conflict (source, minute, outcome) do update
    set
      requests = known.requests + excluded.requests,
      last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,
      last_at = greatest(known.last_at, excluded.last_at)
),
-- Moments that are 0, and codes that are empty, are of nothing. The lock comes first, so that of two flushes at once the second knows what the first has made of the source.
states_before as materialized (
  select
    s.*, r.refused as more_refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,
    to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at,
    to_timestamp(nullif(r.refused_at_ms, 0) / 1000) as refused_at
  from flush
    cross join unnest(
      :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],
      :rejectionDetails!::text[], :runsRefused!::bigint[], :refusedAtsMs!::float8[]
    ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused, refused_at_ms)
    join source_states s on s.source = r.source
  order by s.source
  for no key update of s
),
states_after as materialized (
  select
    n.*, source_is_failing(n.refused, n.last_refused_at, n.last_accepted_at) as fails,
    n.rejected_at >= n.last_rejected_at or n.last_rejected_at is null as has_newest_rejection
  from (
      select
        source, last_rejected_at, rejected_at, rejection_code, rejection_detail, failing_audited_at, owes_recovery,
        greatest(last_accepted_at, accepted_at) as last_accepted_at, greatest(last_refused_at, refused_at) as last_refused_at,
        more_refused + case when accepted_at is null then refused else 0 end as refused
      from states_before
    ) n
),
-- Anybody can send requests with wrong signatures, so there is at most one row in an hour that a source is failing, and one that it has recovered.
audits as materialized (
  select
    source, fails
  from states_after
  where case
      when fails then not owes_recovery and coalesce(failing_audited_at < now() - interval '1 hour', true)
      -- While a gateway cannot read its topic, it has not recovered (see store-source-states.sql).
      else owes_recovery and not exists (select from failing_readers r where r.source = states_after.source)
    end
),
states as (
  update source_states s
  set
    last_accepted_at = a.last_accepted_at,
    last_rejected_at = greatest(a.last_rejected_at, a.rejected_at),
    last_rejection_code = case when a.has_newest_rejection then a.rejection_code else s.last_rejection_code end,
    last_rejection_detail = case when a.has_newest_rejection then a.rejection_detail else s.last_rejection_detail end,
    refused = a.refused,
    last_refused_at = a.last_refused_at,
    failing_audited_at = case when audits.fails then now() else s.failing_audited_at end,
    owes_recovery = coalesce(audits.fails, s.owes_recovery)
  from states_after a
    left join audits on audits.source = a.source
  where s.source = a.source
  returning s.source, s.refused, s.last_rejection_code, s.last_rejection_detail
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,
    'src_' || replace(s.public_id::text, '-', ''),
    case when audits.fails
      then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'
    end
  from audits
    join states t on t.source = audits.source
    join sources s on s.id = audits.source
  where s.deleted_at is null
),
told as (
  -- Without the detail, which may quote the request.
  insert into operational_events (tenant, type, entity, data)
  select
    s.tenant, 'lockstep.source.failing', i.id,
    jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'refused', 'refused', t.refused, 'code', t.last_rejection_code)
  from audits
    join states t on t.source = audits.source
    join sources s on s.id = audits.source
    cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i
  where
    audits.fails and s.deleted_at is null
    and exists (
      select
      from operational_subscriptions o
      where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')
    )
  order by s.id
)
insert into rejections as known (tenant, minute, source, key, code, requests, last_detail, last_at)
select
  r.tenant, to_timestamp(r.minute_ms / 1000), r.source, r.key, r.code, r.requests, r.last_detail, to_timestamp(r.last_at_ms / 1000)
from flush
  cross join unnest(
    :tenants!::text[], :minutesMs!::float8[], :sources!::text[], :keys!::text[], :codes!::text[], :requests!::bigint[],
    :lastDetails!::text[], :lastAtsMs!::float8[]
  ) as r (tenant, minute_ms, source, key, code, requests, last_detail, last_at_ms)
order by r.tenant, r.minute_ms, r.source, r.key, r.code
on conflict (tenant, minute, source, key, code) do update
  set
    requests = known.requests + excluded.requests,
    last_detail = case when excluded.last_at >= known.last_at then excluded.last_detail else known.last_detail end,
    last_at = greatest(known.last_at, excluded.last_at);
