/*
  Claims the free keys and reads the others, in one statement. A key that is only read writes nothing.

  :scopes … :claimIds    one entry per attempt; no key twice
  :fingerprints          32 bytes per attempt, concatenated

  A key is free if it is new, expired, failed, or its lease has expired and the attempt allows a takeover; the last two
  only with the same fingerprint. Claims in sorted order, or two processes with the same keys would deadlock.

  Returns a row for each key that was found, and one for each claim (fence); a key can have both. No row: another claim
  committed after this statement began; try again. Bodies above :inlineBytes are left out (read-response.sql).
*/
/* @name claimRequests */
with attempted as materialized (
  select
    ordinal::integer as ordinal, scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms,
    substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32) as fingerprint
  from unnest(
    :scopes!::text[], :keys!::text[], :tenants!::text[], :claimIds!::uuid[], :takeoverSafe!::boolean[], :leasesMs!::float8[],
    :retentionsMs!::float8[]
  ) with ordinality as attempt (scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms, ordinal)
),
found as materialized (
  select
    o.ordinal, r.state, r.fence, r.claim_id, r.fingerprint, r.claimed_at, r.lease_expires_at, r.updated_at, r.status,
    r.headers, octet_length(r.body) as body_bytes, case when octet_length(r.body) <= :inlineBytes!::integer then r.body end as body,
    r.fingerprint = o.fingerprint and (
      r.state = 'failed' or (r.state <> 'completed' and o.takeover_safe and r.lease_expires_at <= now())
    ) as claimable
  from attempted o
    join idempotent_requests r on r.scope = o.scope and r.key = o.key
  -- Not `expires_at > now()`: on a small table the planner chooses the BRIN index for it, and a session keeps that plan
  -- as the table grows. Each claim then read the whole table, and the rate fell to 400/s within 20 s.
  where extract(epoch from r.expires_at - now()) > 0
),
claimed as (
  insert into idempotent_requests as taken (
    scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at
  )
  select
    scope, key, tenant, fingerprint, 'in_flight', nextval('idempotency_fences'), claim_id, takeover_safe, now(),
    now() + lease_ms * interval '1 millisecond', now() + (lease_ms + retention_ms) * interval '1 millisecond'
  from attempted
  where ordinal not in (select ordinal from found where not claimable)
  order by scope, key
  on conflict (scope, key) do update
    set
      fingerprint = excluded.fingerprint, state = 'in_flight', claim_id = excluded.claim_id,
      -- Drawn under the lock of the row, so that it is above every earlier fence.
      fence = nextval('idempotency_fences'),
      takeover_safe = excluded.takeover_safe, claimed_at = excluded.claimed_at,
      lease_expires_at = excluded.lease_expires_at, expires_at = excluded.expires_at,
      created_at = case when taken.expires_at <= now() then now() else taken.created_at end,
      updated_at = now(), status = null, headers = null, body = null
    where taken.expires_at <= now()
      or taken.fingerprint = excluded.fingerprint and (
        taken.state = 'failed' or (taken.state <> 'completed' and excluded.takeover_safe and taken.lease_expires_at <= now())
      )
  returning claim_id, fence
)
select
  null::integer as "ordinal", claim_id as "claimId!", fence as "fence!", 'in_flight'::idempotency_state as "state!",
  ''::bytea as "fingerprint!", 0::float8 as "ageMs!", 0::float8 as "leaseLeftMs!", null::integer as "status",
  null::text as "headers", null::integer as "bodyBytes", null::bytea as "body"
from claimed
union all
select
  ordinal, claim_id, fence, state, fingerprint,
  extract(epoch from now() - case state when 'in_flight' then claimed_at else updated_at end)::float8 * 1000,
  extract(epoch from lease_expires_at - now())::float8 * 1000,
  status, headers, body_bytes, body
from found;
