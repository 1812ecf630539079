/*
  Stores the outcomes of claimed requests: completed with a response, failed (may be tried again) or indeterminate. Only
  with the fence of the last claim, so that a holder that was paused beyond its lease cannot overwrite its successor.
  An outcome that is stored already stays: storing it twice changes nothing.

  :bodies                concatenated; a body starts at its offset (from 1); length -1: not kept

  Returns the ordinals, from 1, whose fence still holds. Locks in sorted order, as claims do.
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
