import { expect, it } from '@jest/globals';
import { rateLimitColumnsOf, rateLimitOf } from './endpoint-rate-limit.js';

it.each([
  [{ perSecond: 20, burst: 40 }, { perSecond: 20, burst: 40 }],
  [{ perSecond: 20 }, { perSecond: 20, burst: 20 }],
  [{ perSecond: 2.9 }, { perSecond: 2.9, burst: 2 }],
  [{ perSecond: 0.01 }, { perSecond: 0.01, burst: 1 }],
  [null, null],
])('the rate limit %j is stored as %j: without a burst, what comes in a second at once', (given, stored) => {
  expect(rateLimitOf(rateLimitColumnsOf(given))).toEqual(stored);
});
