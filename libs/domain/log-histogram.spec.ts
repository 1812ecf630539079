import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, quantileOf } from './log-histogram.js';

function histogramOf(values: readonly number[]): number[] {
  const buckets: number[] = [];
  for (const value of values) {
    const bucket = bucketOf(value);
    while (buckets.length <= bucket) buckets.push(0);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
}

it('has no quantile without values', () => {
  expect(quantileOf([], 0.5)).toBeUndefined();
  expect(quantileOf([0, 0], 0.5)).toBeUndefined();
});

it('counts values beyond its range in its first and last bucket', () => {
  expect([bucketOf(-1), bucketOf(0), bucketOf(0.125), bucketOf(0.13), bucketOf(1)]).toEqual([0, 0, 0, 1, 24]);
  expect(bucketOf(1e12)).toBe(bucketOf(2 ** 32));
});

it('gives quantiles that are at most 4.5 % off', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.double({ min: 0.13, max: 10, noNaN: true }), fc.integer({ min: 1, max: 4_000_000_000 })), { minLength: 1, maxLength: 200 }), fc.constantFrom(0.5, 0.95, 0.99, 1), (values, share) => {
    const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? NaN;
    const found = quantileOf(histogramOf(values), share) ?? NaN;
    expect(Math.abs(found / exact - 1)).toBeLessThan(0.045);
  }));
});

it('is merged by adding buckets', () => {
  fc.assert(fc.property(fc.array(fc.nat(300_000), { minLength: 1 }), fc.array(fc.nat(300_000), { minLength: 1 }), (some, others) => {
    const [a, b] = [histogramOf(some), histogramOf(others)];
    const merged = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
    expect(merged).toEqual(histogramOf([...some, ...others]));
  }));
});
