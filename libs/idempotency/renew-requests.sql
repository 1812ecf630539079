/* Renews the leases whose fence still holds, also expired ones. Locks in sorted order, as claims do. */
/* @name renewRequests */
with mine as materialized (
  select *
  from unnest(:scopes!::text[], :keys!::text[], :fences!::bigint[], :leasesMs!::float8[], :retentionsMs!::float8[])
    as lease (scope, key, fence, lease_ms, retention_ms)
),
held as materialized (
  select m.*
  from mine m
    join idempotent_requests r on r.scope = m.scope and r.key = m.key
  where r.fence = m.fence and r.state = 'in_flight'
  order by r.scope, r.key
  for no key update of r
)
update idempotent_requests r
set
  lease_expires_at = clock_timestamp() + h.lease_ms * interval '1 millisecond',
  expires_at = clock_timestamp() + (h.lease_ms + h.retention_ms) * interval '1 millisecond'
from held h
where r.scope = h.scope and r.key = h.key and r.fence = h.fence
returning r.fence;
