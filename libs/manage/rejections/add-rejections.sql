/*
  Adds counts of rejections, of events' duplicates and of what came to sources to those of other gateways and earlier
  flushes, and audits which sources are failing now, or no longer. A flush that was added before, because its answer was
  lost, adds nothing: each gateway numbers its flushes. In sorted order, so that two gateways cannot deadlock.
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
    s.source, s.is_failing, r.refused, nullif(r.rejection_code, '') as rejection_code, r.rejection_detail,
    to_timestamp(nullif(r.accepted_at_ms, 0) / 1000) as accepted_at, to_timestamp(nullif(r.rejected_at_ms, 0) / 1000) as rejected_at
  from flush
    cross join unnest(
      :runSources!::integer[], :acceptedAtsMs!::float8[], :rejectedAtsMs!::float8[], :rejectionCodes!::text[],
      :rejectionDetails!::text[], :runsRefused!::bigint[]
    ) as r (source, accepted_at_ms, rejected_at_ms, rejection_code, rejection_detail, refused)
    join source_states s on s.source = r.source
  order by s.source
  for no key update of s
),
states as (
  update source_states s
  set
    last_accepted_at = greatest(s.last_accepted_at, b.accepted_at),
    last_rejected_at = greatest(s.last_rejected_at, b.rejected_at),
    last_rejection_code = case
      when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_code else s.last_rejection_code
    end,
    last_rejection_detail = case
      when b.rejected_at >= s.last_rejected_at or s.last_rejected_at is null then b.rejection_detail else s.last_rejection_detail
    end,
    refused = b.refused + case when b.accepted_at is null then s.refused else 0 end
  from states_before b
  where s.source = b.source
  returning s.*, b.is_failing as was_failing
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when t.is_failing then 'failing' else 'recovered' end,
    'src_' || replace(s.public_id::text, '-', ''),
    case when t.is_failing
      then jsonb_build_object('refused', t.refused, 'code', t.last_rejection_code, 'detail', t.last_rejection_detail) else '{}'
    end
  from states t
    join sources s on s.id = t.source
  where t.is_failing <> t.was_failing and s.deleted_at is null
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
