import { describe, expect, it } from '@jest/globals';
import { decide, type FoundRequest, retryAfterSeconds } from './claim-decision.js';

const fingerprint = Buffer.alloc(32, 1);
const found: FoundRequest = { state: 'in_flight', fingerprint, ageMs: 4_000, leaseLeftMs: 1, response: undefined };
const never = { fingerprint, takeover: 'never' } as const;
const safe = { fingerprint, takeover: 'safe' } as const;
const response = { status: 201, headers: ['a', 'b'], body: Buffer.from('x') };

describe('decide', () => {
  it('reports a mismatch when another request has the key, in any state', () => {
    for (const state of ['in_flight', 'completed', 'failed', 'indeterminate'] as const) {
      expect(decide({ ...found, state, leaseLeftMs: -1 }, { fingerprint: Buffer.alloc(32, 2), takeover: 'safe' })).toEqual({ kind: 'mismatch' });
    }
  });

  it('reports a request in flight while its lease holds, also if takeovers are allowed', () => {
    for (const keyed of [never, safe]) expect(decide(found, keyed)).toEqual({ kind: 'in_flight', retryAfterSeconds: 2 });
  });

  it('treats an expired lease as indeterminate, and frees both if the request allows takeovers', () => {
    for (const each of [{ ...found, leaseLeftMs: 0 }, { ...found, state: 'indeterminate' as const, leaseLeftMs: 0 }]) {
      expect(decide(each, never)).toEqual({ kind: 'indeterminate' });
      expect(decide(each, safe)).toEqual({ kind: 'free' });
    }
  });

  it('returns the response of a completed request, or reports that none was kept', () => {
    expect(decide({ ...found, state: 'completed', response }, never)).toEqual({ kind: 'replay', response, ageMs: 4_000 });
    expect(decide({ ...found, state: 'completed', response: { ...response, body: Buffer.alloc(0) } }, never)).toMatchObject({ kind: 'replay' });
    expect(decide({ ...found, state: 'completed', response: { ...response, body: undefined } }, safe)).toEqual({ kind: 'response_not_kept', status: 201 });
  });

  it('frees the key of a failed request', () => {
    expect(decide({ ...found, state: 'failed' }, never)).toEqual({ kind: 'free' });
  });
});

it('asks the client to retry after half of the elapsed time, between 1 s and 30 s', () => {
  expect([0, 1_000, 2_001, 20_000, 45_000, 600_000].map(retryAfterSeconds)).toEqual([1, 1, 2, 10, 23, 30]);
});
