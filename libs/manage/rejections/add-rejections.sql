/*
  Adds counts of rejections to those of other gateways and earlier flushes. A flush that was added before, because its
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
