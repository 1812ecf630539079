/*
  The breakers that changed after the snapshot :since was taken ('0': all of them). See load-endpoints.sql for "snapshot",
  which is the :since of the next read, and for "server". One row without an endpoint comes when there is none.

  "isOverdue": nothing was delivered for as long as the endpoint's `disableAfter`; see disable-failing.sql.
*/
/* @name readBreakers */
with seen as materialized (
  select
    pg_snapshot_xmin(taken) as oldest_open,
    case :since!::text when '0' then '18446744073709551615'::xid8 else pg_snapshot_xmax(taken) end as not_begun
  from pg_current_snapshot() as taken
)
select
  pg_postmaster_start_time()::text as "server!",
  seen.oldest_open::text as "snapshot!",
  b.endpoint as "endpoint?",
  b.version as "version?",
  b.state as "state?",
  b.openings as "openings?",
  b.prober as "prober?",
  extract(epoch from now() - b.since)::float8 * 1000 as "sinceMs?",
  extract(epoch from b.probe_at - now())::float8 * 1000 as "probeInMs?",
  extract(epoch from now() - b.claimed_at)::float8 * 1000 as "claimedForMs?",
  counted_lately(b.bucket, b.ended, b.previous_ended) as "ended?",
  counted_lately(b.bucket, b.failed, b.previous_failed) as "failed?",
  extract(epoch from now() - b.failed_at)::float8 * 1000 as "failingForMs?",
  extract(epoch from b.retry_at - now())::float8 * 1000 as "retryInMs?",
  b.undelivered_since is not null as "isUndelivered?",
  p.status = 'active' and p.deleted_at is null and b.undelivered_since <= now() - p.disable_after_ms * interval '1 millisecond' as "isOverdue?"
from
  seen
  left join endpoint_breakers b on b.changed_by >= :since!::text::xid8 and b.changed_by < seen.not_begun
  left join endpoints p on p.id = b.endpoint;
