/* Frees the keys of claims that got no answer, and so were not used. Claims that were not committed have no row. */
/* @name giveUpClaims */
with given_up as materialized (
  select r.scope, r.key, r.claim_id
  from unnest(:scopes!::text[], :keys!::text[], :claimIds!::uuid[]) as lost (scope, key, claim_id)
    join idempotent_requests r on r.scope = lost.scope and r.key = lost.key
  where r.claim_id = lost.claim_id and r.state = 'in_flight'
  order by r.scope, r.key
  for no key update of r
)
update idempotent_requests r
set state = 'failed', lease_expires_at = least(r.lease_expires_at, now()), updated_at = now()
from given_up g
where r.scope = g.scope and r.key = g.key and r.claim_id = g.claim_id
returning r.claim_id as "claimId";
