import { expect, test } from '@jest/globals';
import { preferredWaitMs } from './prefer.js';

test.each<[string | string[] | undefined, number]>([
  [undefined, 0], ['', 0], ['wait=5', 5_000], ['Wait = "7"', 7_000], ['respond-async, wait=10', 10_000], ['wait=10; x=y', 10_000], [['return=minimal', 'wait=3'], 3_000],
  ['wait=3600', 60_000], ['wait=-1', 0], ['wait=1.5', 0], ['await=5', 0], ['wait=99999999999', 0], ['wait', 0],
])('Prefer: %j waits %d ms', (header, waitMs) => {
  expect(preferredWaitMs(header)).toBe(waitMs);
});
