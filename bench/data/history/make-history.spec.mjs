import { describe, expect, it } from '@jest/globals';
import { daysOf } from './make-history.mjs';

describe('daysOf', () => {
  it('spreads the events over the days before yesterday, without a gap', () => {
    const days = daysOf(1_000, 3, Date.parse('2026-03-10T12:00:00Z'));
    expect(days).toEqual([
      { day: '2026-03-06', first: 0, count: 333 },
      { day: '2026-03-07', first: 333, count: 333 },
      { day: '2026-03-08', first: 666, count: 334 },
    ]);
  });
});
