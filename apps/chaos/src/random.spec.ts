import { describe, expect, it } from '@jest/globals';
import { Random } from './random.js';

const first = (seed: number, count: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('Random', () => {
  it('gives the same numbers for the same seed, and different ones for another seed', () => {
    expect(first(7, 20)).toEqual(first(7, 20));
    expect(first(7, 20)).not.toEqual(first(8, 20));
  });

  it('is uniform between 0 and 1', () => {
    const numbers = first(1, 10_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const within = numbers.filter((n) => Math.floor(n * 10) === tenth).length;
      expect(within).toBeGreaterThan(850);
      expect(within).toBeLessThan(1_150);
    }
  });

  it('draws whole numbers including both bounds, and keeps every item when it shuffles', () => {
    const random = new Random(3);
    expect(new Set(Array.from({ length: 200 }, () => random.integer(2, 4)))).toEqual(new Set([2, 3, 4]));
    expect(random.shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
