import type { ClaimOutcome, KeyedRequest } from './claim.js';

/** The stored row of a key. */
export interface FoundRequest {
  readonly state: 'in_flight' | 'completed' | 'failed' | 'indeterminate';
  readonly fingerprint: Buffer;
  /** Time since the claim while it is in flight, otherwise since its end. */
  readonly ageMs: number;
  readonly leaseLeftMs: number;
  readonly response: { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer | undefined } | undefined;
}

/** `free`: nothing blocks the key; claim it again. */
export type Decision = Exclude<ClaimOutcome, { kind: 'claimed' }> | { readonly kind: 'free' };

/** What a stored row means for a request that did not get the key. The only place that interprets the states. */
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

/** Half of the time that the request has taken so far, between 1 s and 30 s. A client then waits at most 1.5 times as long as needed. */
export function retryAfterSeconds(ageMs: number): number {
  return Math.min(Math.max(Math.ceil(ageMs / 2_000), 1), 30);
}
