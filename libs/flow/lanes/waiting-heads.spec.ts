import { expect, it } from '@jest/globals';
import { afterWaiting } from './waiting-heads.js';

const NOW_MS = 10_000;

it.each([
  ['wakes a head whose time has passed though its token never came', -501, false, 'wake'],
  ['gives the token half a second', -500, false, 'keep'],
  ['keeps a lane that waits for long while the lane budget has room', 3_600_000, false, 'keep'],
  ['evicts a lane that waits for long when the budget is scarce', 60_001, true, 'evict'],
  ['keeps a lane that is due within a minute', 60_000, true, 'keep'],
])('%s', (_, dueInMs, isScarce, expected) => {
  expect(afterWaiting(NOW_MS + dueInMs, NOW_MS, isScarce)).toBe(expected);
});
