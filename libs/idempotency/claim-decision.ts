import type { ClaimOutcome, KeyedRequest } from './claim.js';

/** What stands in the store under a key. */
export interface FoundRequest {
  readonly state: 'in_flight' | 'completed' | 'failed' | 'indeterminate';
  readonly fingerprint: Buffer;
  /** Since it was claimed, while it is in flight; since it ended, otherwise. */
  readonly ageMs: number;
  readonly leaseLeftMs: number;
  readonly response: { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer | undefined } | undefined;
}

/** `free`: nothing is in its way (any more); offer it again. */
export type Decision = Exclude<ClaimOutcome, { kind: 'claimed' }> | { readonly kind: 'free' };

/** What a request is told when its key is there and was not claimed for it. The one place that says what a state means. */
export function decide(found: FoundRequest, { fingerprint, takeover }: Pick<KeyedRequest, 'fingerprint' | 'takeover'>): Decision {
  if (!found.fingerprint.equals(fingerprint)) return { kind: 'mismatch' };
  switch (found.state) {
    case 'completed':
      return answered(found);
    case 'failed':
      return { kind: 'free' };
    case 'in_flight':
      return found.leaseLeftMs > 0 ? { kind: 'in_flight', retryAfterSeconds: retryAfterSeconds(found.ageMs) } : undecided(takeover);
    case 'indeterminate':
      return undecided(takeover);
  }
}

function answered({ response, ageMs }: FoundRequest): Decision {
  const { status = 0, headers = [], body } = response ?? {};
  return body === undefined ? { kind: 'response_not_kept', status } : { kind: 'replay', response: { status, headers, body }, ageMs };
}

function undecided(takeover: KeyedRequest['takeover']): Decision {
  return takeover === 'safe' ? { kind: 'free' } : { kind: 'indeterminate' };
}

/** Half of the time that it has taken so far, from 1 s to 30 s: a client that comes back then has waited half in vain at most. */
export function retryAfterSeconds(ageMs: number): number {
  return Math.min(Math.max(Math.ceil(ageMs / 2_000), 1), 30);
}
