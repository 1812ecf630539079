/*
  Adds counts of rejections, and of events' duplicates, to those of other gateways and earlier flushes. A flush that was added before, because its
  answer was lost, adds nothing: each gateway numbers its flushes. In sorted order, so that two gateways cannot deadlock.
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
