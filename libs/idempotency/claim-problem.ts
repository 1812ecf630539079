import { LockstepError } from '#domain/problem';
import type { ClaimOutcome } from './claim.js';

/** The outcomes that neither carry the request out nor replay its answer. */
export type Refusal = Exclude<ClaimOutcome, { kind: 'claimed' } | { kind: 'replay' }>;

/** The problem that a client gets instead of an answer. */
export function problemOf(refusal: Refusal): LockstepError {
  switch (refusal.kind) {
    case 'in_flight':
      return new LockstepError('request_in_progress', 'The request with this idempotency key is in progress; repeat it later to get its answer', { retryAfterSeconds: refusal.retryAfterSeconds });
    case 'mismatch':
      return new LockstepError('idempotency_key_reused', 'This idempotency key was used with another path, query, content type or body; use a new key for another request');
    case 'indeterminate':
      return new LockstepError('request_indeterminate', 'The request with this idempotency key was started, and its outcome is unknown. Check what it did. To send it again anyway, use a new key');
    case 'response_not_kept':
      return new LockstepError('response_not_kept', `The request with this idempotency key was carried out and answered with ${refusal.status}; its response was too large to keep`);
    case 'response_away':
      return new LockstepError('store_unavailable', 'The request with this idempotency key was carried out, but its response cannot be read now; repeat it later', { retryAfterSeconds: 1 });
  }
}

/** The problem of a request that a later claim of its key has superseded. */
export function supersededProblem(): LockstepError {
  return problemOf({ kind: 'in_flight', retryAfterSeconds: 1 });
}
