/** Types generated for queries found in "libs/idempotency/give-up-claims.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'GiveUpClaims' parameters type */
export interface IGiveUpClaimsParams {
  claimIds: stringArray;
  keys: stringArray;
  scopes: stringArray;
}

/** 'GiveUpClaims' return type */
export interface IGiveUpClaimsResult {
  claimId: string;
}

/** 'GiveUpClaims' query type */
export interface IGiveUpClaimsQuery {
  params: IGiveUpClaimsParams;
  result: IGiveUpClaimsResult;
}

const giveUpClaimsIR: any = {"usedParamSet":{"scopes":true,"keys":true,"claimIds":true},"params":[{"name":"scopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":82,"b":89}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":100,"b":105}]},{"name":"claimIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":116,"b":125}]}],"statement":"with given_up as materialized (\n  select r.scope, r.key, r.claim_id\n  from unnest(:scopes!::text[], :keys!::text[], :claimIds!::uuid[]) as lost (scope, key, claim_id)\n    join idempotent_requests r on r.scope = lost.scope and r.key = lost.key\n  where r.claim_id = lost.claim_id and r.state = 'in_flight'\n  order by r.scope, r.key\n  for no key update of r\n)\nupdate idempotent_requests r\nset state = 'failed', lease_expires_at = least(r.lease_expires_at, now()), updated_at = now()\nfrom given_up g\nwhere r.scope = g.scope and r.key = g.key and r.claim_id = g.claim_id\nreturning r.claim_id as \"claimId\""};

/**
 * Query generated from SQL:
 * ```
 * with given_up as materialized (
 *   select r.scope, r.key, r.claim_id
 *   from unnest(:scopes!::text[], :keys!::text[], :claimIds!::uuid[]) as lost (scope, key, claim_id)
 *     join idempotent_requests r on r.scope = lost.scope and r.key = lost.key
 *   where r.claim_id = lost.claim_id and r.state = 'in_flight'
 *   order by r.scope, r.key
 *   for no key update of r
 * )
 * update idempotent_requests r
 * set state = 'failed', lease_expires_at = least(r.lease_expires_at, now()), updated_at = now()
 * from given_up g
 * where r.scope = g.scope and r.key = g.key and r.claim_id = g.claim_id
 * returning r.claim_id as "claimId"
 * ```
 */
export const giveUpClaims = new PreparedQuery<IGiveUpClaimsParams,IGiveUpClaimsResult>(giveUpClaimsIR);


