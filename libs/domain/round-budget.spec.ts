import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RoundBudget } from './round-budget.js';

/** When each round begins, for work that arrives at these times. */
function beginnings(budget: RoundBudget, arrivesAtMs: readonly number[]): number[] {
  return arrivesAtMs.map((atMs) => {
    const beginsAtMs = atMs + budget.waitMs(atMs);
    budget.begin(beginsAtMs);
    return beginsAtMs;
  });
}

describe('RoundBudget', () => {
  it('lets rounds begin at once while they keep the distance', () => {
    const times = [0, 4, 8, 12, 16, 100, 104];
    expect(beginnings(new RoundBudget(4, 0), times)).toEqual(times);
  });

  it('spaces out faster rounds, after some that begin ahead of their time', () => {
    const budget = new RoundBudget(4, 2);
    const begun: number[] = [];
    for (let atMs = 0; begun.length < 6; ) {
      const waitMs = budget.waitMs(atMs);
      begun.push((atMs += waitMs));
      budget.begin(atMs);
    }
    expect(begun).toEqual([0, 0, 0, 4, 8, 12]);
  });

  it('never delays a round by more than the distance, even after rounds that did not wait', () => {
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
