import { LockstepError } from '#domain/problem';
import type { ClaimOutcome } from './claim.js';

/** Those that neither carry the request out nor answer it. */
export type Refusal = Exclude<ClaimOutcome, { kind: 'claimed' } | { kind: 'replay' }>;

/** What a client is told instead of an answer. */
export function problemOf(refusal: Refusal): LockstepError {
  switch (refusal.kind) {
    case 'in_flight':
      return new LockstepError('request_in_progress', 'The request with this idempotency key is being carried out; ask again for its answer', { retryAfterSeconds: refusal.retryAfterSeconds });
    case 'mismatch':
      return new LockstepError('idempotency_key_reused', 'This idempotency key was used with another path, query, content type or body; use a new key for another request');
    case 'indeterminate':
      return new LockstepError('request_indeterminate', 'The request with this idempotency key was begun, and whether it was carried out is not known. Find out what it did; to try again all the same, use a new key');
    case 'response_not_kept':
      return new LockstepError('response_not_kept', `The request with this idempotency key was carried out and answered with ${refusal.status}; that response was too large to keep`);
    case 'response_away':
      return new LockstepError('store_unavailable', 'The request with this idempotency key was carried out, and its response can not be read now; ask again for it', { retryAfterSeconds: 1 });
  }
}

/** The answer of whoever found at its end that another claim of its key holds. */
export function supersededProblem(): LockstepError {
  return problemOf({ kind: 'in_flight', retryAfterSeconds: 1 });
}
