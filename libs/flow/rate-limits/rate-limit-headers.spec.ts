import { describe, expect, it } from '@jest/globals';
import { limitNameOf, rateLimitedError, rateLimitOf, rateLimitPolicyOf } from './rate-limit-headers.js';
import type { LimitState } from './token-leases.js';

function state(bucket: string, perSecond: number, burst: number, remaining: number, waitMs: number): LimitState {
  return { limit: { bucket, perSecond, burst }, remaining, waitMs };
}

describe('the headers of rate limits', () => {
  it('have an item for each limit, named by its bucket', () => {
    const limits = [state('key/key_1', 100, 50, 7, 10), state('tenant/acme', 0.5, 10, 0, 1_001)];
    expect(rateLimitOf({ granted: 1, limits })).toBe('"key";r=7;t=1, "tenant";r=0;t=2');
    expect(rateLimitPolicyOf({ granted: 1, limits })).toBe('"key";q=100;w=1, "tenant";q=10;w=20');
    expect(limitNameOf({ bucket: 'tenant/a/b', perSecond: 1, burst: 1 })).toBe('tenant');
  });

  it.each([
    [0.01, 1, 1, 100], [0.3, 1, 1, 4], [3, 10, 12, 4], [2.5, 1, 2, 1], [1_000_000, 1_000_000, 1_000_000, 1], [1_000, 1, 1_000, 1],
  ])('give %d/s with burst %d as %i events in %i s: never more than the rate, and whole numbers', (perSecond, burst, quota, seconds) => {
    expect(rateLimitPolicyOf({ granted: 1, limits: [state('key/1', perSecond, burst, 1, 1)] })).toBe(`"key";q=${quota};w=${seconds}`);
  });

  it('come with an error that names the limits without events left, and their longest wait', () => {
    const error = rateLimitedError({ granted: 0, limits: [state('key/1', 100, 50, 0, 10), state('tenant/acme', 0.1, 10, 0, 9_001), state('source/1', 1, 1, 3, 60_000)] });
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfterSeconds: 10 });
    expect(error.message).toBe('No event is left of the key\'s limit of 100 events per second (burst 50) and the tenant\'s limit of 0.1 events per second (burst 10); try again in 10 s');
  });
});
