import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RoundBudget } from './round-budget.js';

/** When each round begins, of work that comes up at these times. */
function beginnings(budget: RoundBudget, comesUpAtMs: readonly number[]): number[] {
  return comesUpAtMs.map((atMs) => {
    const beginsAtMs = atMs + budget.waitMs(atMs);
    budget.begin(beginsAtMs);
    return beginsAtMs;
  });
}

describe('RoundBudget', () => {
  it('lets rounds begin at once while they are as far apart as asked for', () => {
    const times = [0, 4, 8, 12, 16, 100, 104];
    expect(beginnings(new RoundBudget(4, 0), times)).toEqual(times);
  });

  it('keeps rounds that come faster apart, and lets some begin ahead of their time first', () => {
    const budget = new RoundBudget(4, 2);
    const begun: number[] = [];
    for (let atMs = 0; begun.length < 6; ) {
      const waitMs = budget.waitMs(atMs);
      begun.push((atMs += waitMs));
      budget.begin(atMs);
    }
    expect(begun).toEqual([0, 0, 0, 4, 8, 12]);
  });

  it('keeps nobody waiting for longer than the distance, however many rounds had to begin before their time', () => {
    fc.assert(fc.property(fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 20 }), forced: fc.boolean() })), (rounds) => {
      const budget = new RoundBudget(4, 3);
      let atMs = 0;
      for (const { afterMs, forced } of rounds) {
        atMs += afterMs;
        const waitMs = budget.waitMs(atMs);
        expect(waitMs).toBeLessThanOrEqual(4);
        if (!forced) atMs += waitMs;
        budget.begin(atMs);
      }
    }));
  });
});
