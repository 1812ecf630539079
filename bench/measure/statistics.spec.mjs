import { describe, expect, it } from '@jest/globals';
import { latencySummary, median, percentile } from './statistics.mjs';

describe('percentile', () => {
  it('is a value that was measured, by nearest rank', () => {
    const sorted = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0.5, 0.95, 0.99, 1].map((p) => percentile(sorted, p))).toEqual([5, 10, 10, 10]);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

describe('latencySummary', () => {
  it('takes values in any order', () => {
    expect(latencySummary([30, 10, 20])).toEqual({ count: 3, p50Ms: 20, p95Ms: 30, p99Ms: 30, maxMs: 30 });
  });
});

describe('median', () => {
  it('lies between the two middle ones of an even number', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
  });
});
