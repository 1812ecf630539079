import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { askedDelayMs, type AttemptResult, dispositionOf, type RetryPolicy, signOf } from './disposition.js';

const policy: RetryPolicy = { scheduleMs: [1_000, 5_000], maxRetryAfterMs: 60_000 };

const result = (statusCode: number | undefined, retryAfterMs?: number): AttemptResult => ({
  startedAtMs: 0, durationMs: 1, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs,
});

describe('dispositionOf', () => {
  it.each([200, 201, 204, 299])('%i delivers, on any attempt', (status) => {
    expect(dispositionOf(result(status), 99, policy, 0)).toEqual({ kind: 'delivered' });
  });

  it.each([301, 302, 304, 400, 404, 429, 500, 503, undefined])('%s is a failure that is retried', (status) => {
    expect(dispositionOf(result(status), 1, policy, 0)).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it('allows one attempt more than there are delays, then the delivery is dead', () => {
    expect(dispositionOf(result(500), 2, policy, 0)).toEqual({ kind: 'retry', delayMs: 5_000 });
    expect(dispositionOf(result(500), 3, policy, 0)).toEqual({ kind: 'dead', reason: 'attempts_exhausted' });
    expect(dispositionOf(result(500), 1, { ...policy, scheduleMs: [] }, 0)).toEqual({ kind: 'dead', reason: 'attempts_exhausted' });
  });

  it('takes 410 as the end at once', () => {
    expect(dispositionOf(result(410), 1, policy, 0)).toEqual({ kind: 'dead', reason: 'gone' });
  });

  it('waits as long as 429 and 503 ask, without jitter, up to the endpoint\'s maximum', () => {
    expect(dispositionOf(result(429, 7_000), 1, policy, 0.9)).toEqual({ kind: 'retry', delayMs: 7_000 });
    expect(dispositionOf(result(503, 999_000), 1, policy, 0.9)).toEqual({ kind: 'retry', delayMs: 60_000 });
    expect(dispositionOf(result(500, 7_000), 1, policy, 0)).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it.each([0, -1])('keeps to the schedule, jitter and all, when 429 and 503 ask for %i ms: they say nothing of when', (retryAfterMs) => {
    expect(dispositionOf(result(429, retryAfterMs), 1, policy, 0.5)).toEqual({ kind: 'retry', delayMs: 1_100 });
    expect(dispositionOf(result(503, retryAfterMs), 2, policy, 0)).toEqual({ kind: 'retry', delayMs: 5_000 });
  });

  it('keeps to the schedule where the endpoint allows no Retry-After', () => {
    expect(dispositionOf(result(429, 7_000), 1, { ...policy, maxRetryAfterMs: 0 }, 0)).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it('adds up to a fifth of jitter, never less than the delay', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      const disposition = dispositionOf(result(500), 2, policy, random);
      expect(disposition.kind === 'retry' && disposition.delayMs >= 5_000 && disposition.delayMs <= 6_000).toBe(true);
    }));
  });
});

describe('signOf', () => {
  it.each([
    ['delivered', [200, 204, 299]], ['rejected', [101, 301, 304, 400, 404, 408, 410, 422, 499]], ['failed', [undefined, 429, 500, 502, 503, 599]],
  ] as const)('is %s for %j', (sign, statuses) => {
    expect(statuses.map((statusCode) => signOf({ statusCode }))).toEqual(statuses.map(() => sign));
  });
});

it('a receiver asks for a delay by Retry-After of a 429 or 503, up to the endpoint\'s maximum', () => {
  const asked = (statusCode: number, retryAfterMs?: number): number => askedDelayMs(result(statusCode, retryAfterMs), policy);
  expect([asked(429, 7_000), asked(503, 90_000), asked(503), asked(500, 7_000), asked(200, 7_000)]).toEqual([7_000, 60_000, 0, 0, 0]);
});
