import { expect, test } from '@jest/globals';
import { openFileLimit, socketLimit } from './open-file-limit.js';

test.each([
  ['Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n', 1_024],
  ['Max open files            unlimited            unlimited            files     \n', Infinity],
  ['', 4_096],
  [undefined, 4_096],
])('the open-file limit in %j is %d', (limits, limit) => {
  expect(openFileLimit(limits)).toBe(limit);
});

test('sockets are bounded', () => {
  expect(socketLimit()).toBeGreaterThan(100);
  expect(socketLimit()).toBeLessThanOrEqual(16_384);
});
