/*
  Ends requests that were claimed: completed with their response, failed (may be tried again) or indeterminate. Only
  with the fence of the last claim: a holder that was paused for longer than its lease can't overwrite its successor.
  What it has stored already stays as it is, so that saying it twice changes nothing.

  :bodies                all bodies one after the other; a row's starts at its offset (from 1); a length of -1: none kept

  Returns the places, from 1, whose fence still holds. Locked in sorted order, as claims lock them.
*/
/* @name settleRequests */
with offered as materialized (
  select *
  from unnest(
    :scopes!::text[], :keys!::text[], :fences!::bigint[], :states!::idempotency_state[], :statuses!::integer[],
    :headers!::text[], :offsets!::integer[], :lengths!::integer[], :retentionsMs!::float8[]
  ) with ordinality as settlement (scope, key, fence, state, status, headers, start, length, retention_ms, ordinal)
),
held as materialized (
  select o.*
  from offered o
    join idempotent_requests r on r.scope = o.scope and r.key = o.key
  where r.fence = o.fence
  order by r.scope, r.key
  for no key update of r
),
settled as (
  update idempotent_requests r
  set
    state = h.state, status = h.status, headers = h.headers,
    body = case when h.length >= 0 then substring(:bodies!::bytea from h.start for h.length) end,
    lease_expires_at = least(r.lease_expires_at, now()), updated_at = now(),
    expires_at = now() + h.retention_ms * interval '1 millisecond'
  from held h
  where r.scope = h.scope and r.key = h.key and r.fence = h.fence and r.state in ('in_flight', 'indeterminate')
)
select ordinal::integer as "ordinal!" from held;
