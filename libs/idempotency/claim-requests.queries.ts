/** Types generated for queries found in "libs/idempotency/claim-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type idempotency_state = 'completed' | 'failed' | 'in_flight' | 'indeterminate';

export type booleanArray = (boolean)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ClaimRequests' parameters type */
export interface IClaimRequestsParams {
  claimIds: stringArray;
  fingerprints: Buffer;
  inlineBytes: number;
  keys: stringArray;
  leasesMs: numberArray;
  retentionsMs: numberArray;
  scopes: stringArray;
  takeoverSafe: booleanArray;
  tenants: stringArray;
}

/** 'ClaimRequests' return type */
export interface IClaimRequestsResult {
  ageMs: number;
  body: Buffer | null;
  bodyBytes: number | null;
  claimId: string;
  fence: number;
  fingerprint: Buffer;
  headers: string | null;
  leaseLeftMs: number;
  ordinal: number | null;
  state: idempotency_state;
  status: number | null;
}

/** 'ClaimRequests' query type */
export interface IClaimRequestsQuery {
  params: IClaimRequestsParams;
  result: IClaimRequestsResult;
}

const claimRequestsIR: any = {"usedParamSet":{"fingerprints":true,"scopes":true,"keys":true,"tenants":true,"claimIds":true,"takeoverSafe":true,"leasesMs":true,"retentionsMs":true,"inlineBytes":true},"params":[{"name":"fingerprints","required":true,"transform":{"type":"scalar"},"locs":[{"a":158,"b":171}]},{"name":"scopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":259,"b":266}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":277,"b":282}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":293,"b":301}]},{"name":"claimIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":312,"b":321}]},{"name":"takeoverSafe","required":true,"transform":{"type":"scalar"},"locs":[{"a":332,"b":345}]},{"name":"leasesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":359,"b":368}]},{"name":"retentionsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":385,"b":398}]},{"name":"inlineBytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":759,"b":771}]}],"statement":"with attempted as materialized (\n  select\n    ordinal::integer as ordinal, scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms,\n    substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32) as fingerprint\n  from unnest(\n    :scopes!::text[], :keys!::text[], :tenants!::text[], :claimIds!::uuid[], :takeoverSafe!::boolean[], :leasesMs!::float8[],\n    :retentionsMs!::float8[]\n  ) with ordinality as attempt (scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms, ordinal)\n),\nfound as materialized (\n  select\n    o.ordinal, r.state, r.fence, r.claim_id, r.fingerprint, r.claimed_at, r.lease_expires_at, r.updated_at, r.status,\n    r.headers, octet_length(r.body) as body_bytes, case when octet_length(r.body) <= :inlineBytes!::integer then r.body end as body,\n    r.fingerprint = o.fingerprint and (\n      r.state = 'failed' or (r.state <> 'completed' and o.takeover_safe and r.lease_expires_at <= now())\n    ) as claimable\n  from attempted o\n    join idempotent_requests r on r.scope = o.scope and r.key = o.key\n  -- Not `expires_at > now()`: on a small table the planner chooses the BRIN index for it, and a session keeps that plan\n  -- as the table grows. Each claim then read the whole table, and the rate fell to 400/s within 20 s.\n  where extract(epoch from r.expires_at - now()) > 0\n),\nclaimed as (\n  insert into idempotent_requests as taken (\n    scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at\n  )\n  select\n    scope, key, tenant, fingerprint, 'in_flight', nextval('idempotency_fences'), claim_id, takeover_safe, now(),\n    now() + lease_ms * interval '1 millisecond', now() + (lease_ms + retention_ms) * interval '1 millisecond'\n  from attempted\n  where ordinal not in (select ordinal from found where not claimable)\n  order by scope, key\n  on conflict (scope, key) do update\n    set\n      fingerprint = excluded.fingerprint, state = 'in_flight', claim_id = excluded.claim_id,\n      -- Drawn under the lock of the row, so that it is above every earlier fence.\n      fence = nextval('idempotency_fences'),\n      takeover_safe = excluded.takeover_safe, claimed_at = excluded.claimed_at,\n      lease_expires_at = excluded.lease_expires_at, expires_at = excluded.expires_at,\n      created_at = case when taken.expires_at <= now() then now() else taken.created_at end,\n      updated_at = now(), status = null, headers = null, body = null\n    where taken.expires_at <= now()\n      or taken.fingerprint = excluded.fingerprint and (\n        taken.state = 'failed' or (taken.state <> 'completed' and excluded.takeover_safe and taken.lease_expires_at <= now())\n      )\n  returning claim_id, fence\n)\nselect\n  null::integer as \"ordinal\", claim_id as \"claimId!\", fence as \"fence!\", 'in_flight'::idempotency_state as \"state!\",\n  ''::bytea as \"fingerprint!\", 0::float8 as \"ageMs!\", 0::float8 as \"leaseLeftMs!\", null::integer as \"status\",\n  null::text as \"headers\", null::integer as \"bodyBytes\", null::bytea as \"body\"\nfrom claimed\nunion all\nselect\n  ordinal, claim_id, fence, state, fingerprint,\n  extract(epoch from now() - case state when 'in_flight' then claimed_at else updated_at end)::float8 * 1000,\n  extract(epoch from lease_expires_at - now())::float8 * 1000,\n  status, headers, body_bytes, body\nfrom found"};

/**
 * Query generated from SQL:
 * ```
 * with attempted as materialized (
 *   select
 *     ordinal::integer as ordinal, scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms,
 *     substring(:fingerprints!::bytea from (ordinal::integer - 1) * 32 + 1 for 32) as fingerprint
 *   from unnest(
 *     :scopes!::text[], :keys!::text[], :tenants!::text[], :claimIds!::uuid[], :takeoverSafe!::boolean[], :leasesMs!::float8[],
 *     :retentionsMs!::float8[]
 *   ) with ordinality as attempt (scope, key, tenant, claim_id, takeover_safe, lease_ms, retention_ms, ordinal)
 * ),
 * found as materialized (
 *   select
 *     o.ordinal, r.state, r.fence, r.claim_id, r.fingerprint, r.claimed_at, r.lease_expires_at, r.updated_at, r.status,
 *     r.headers, octet_length(r.body) as body_bytes, case when octet_length(r.body) <= :inlineBytes!::integer then r.body end as body,
 *     r.fingerprint = o.fingerprint and (
 *       r.state = 'failed' or (r.state <> 'completed' and o.takeover_safe and r.lease_expires_at <= now())
 *     ) as claimable
 *   from attempted o
 *     join idempotent_requests r on r.scope = o.scope and r.key = o.key
 *   -- Not `expires_at > now()`: on a small table the planner chooses the BRIN index for it, and a session keeps that plan
 *   -- as the table grows. Each claim then read the whole table, and the rate fell to 400/s within 20 s.
 *   where extract(epoch from r.expires_at - now()) > 0
 * ),
 * claimed as (
 *   insert into idempotent_requests as taken (
 *     scope, key, tenant, fingerprint, state, fence, claim_id, takeover_safe, claimed_at, lease_expires_at, expires_at
 *   )
 *   select
 *     scope, key, tenant, fingerprint, 'in_flight', nextval('idempotency_fences'), claim_id, takeover_safe, now(),
 *     now() + lease_ms * interval '1 millisecond', now() + (lease_ms + retention_ms) * interval '1 millisecond'
 *   from attempted
 *   where ordinal not in (select ordinal from found where not claimable)
 *   order by scope, key
 *   on conflict (scope, key) do update
 *     set
 *       fingerprint = excluded.fingerprint, state = 'in_flight', claim_id = excluded.claim_id,
 *       -- Drawn under the lock of the row, so that it is above every earlier fence.
 *       fence = nextval('idempotency_fences'),
 *       takeover_safe = excluded.takeover_safe, claimed_at = excluded.claimed_at,
 *       lease_expires_at = excluded.lease_expires_at, expires_at = excluded.expires_at,
 *       created_at = case when taken.expires_at <= now() then now() else taken.created_at end,
 *       updated_at = now(), status = null, headers = null, body = null
 *     where taken.expires_at <= now()
 *       or taken.fingerprint = excluded.fingerprint and (
 *         taken.state = 'failed' or (taken.state <> 'completed' and excluded.takeover_safe and taken.lease_expires_at <= now())
 *       )
 *   returning claim_id, fence
 * )
 * select
 *   null::integer as "ordinal", claim_id as "claimId!", fence as "fence!", 'in_flight'::idempotency_state as "state!",
 *   ''::bytea as "fingerprint!", 0::float8 as "ageMs!", 0::float8 as "leaseLeftMs!", null::integer as "status",
 *   null::text as "headers", null::integer as "bodyBytes", null::bytea as "body"
 * from claimed
 * union all
 * select
 *   ordinal, claim_id, fence, state, fingerprint,
 *   extract(epoch from now() - case state when 'in_flight' then claimed_at else updated_at end)::float8 * 1000,
 *   extract(epoch from lease_expires_at - now())::float8 * 1000,
 *   status, headers, body_bytes, body
 * from found
 * ```
 */
export const claimRequests = new PreparedQuery<IClaimRequestsParams,IClaimRequestsResult>(claimRequestsIR);


