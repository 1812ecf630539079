import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDurationMs } from './duration.js';
import { durationsBetween, durationsUpTo } from './duration-pattern.js';

const DAY_MS = 86_400_000;

describe('the pattern of durations up to a limit', () => {
  it('matches a duration exactly if it is within the limit', () => {
    const limits = fc.oneof(fc.constantFrom(1, 999, 1_000, 604_800_000), fc.integer({ min: 1, max: 30 * DAY_MS }));
    fc.assert(fc.property(limits, fc.integer({ min: 0, max: 40 * DAY_MS }), fc.constantFrom('ms', 's', 'm', 'h', 'd'), fc.integer({ min: -2, max: 2 }), (limitMs, other, unit, offset) => {
      const unitMs = parseDurationMs(`1${unit}`) ?? 0;
      for (const amount of [Math.floor(other / unitMs), Math.max(0, Math.floor(limitMs / unitMs) + offset)]) {
        expect([`${amount}${unit}`, durationsUpTo(limitMs).test(`${amount}${unit}`)]).toEqual([`${amount}${unit}`, amount * unitMs <= limitMs]);
      }
    }));
  });

  it.each(['', 's', '1', '-1s', '01s', '1.5s', '1 s', ' 1s', '1s\n', '1w'])('does not match %j', (text) => {
    expect(durationsUpTo(7 * DAY_MS).test(text)).toBe(false);
  });
});

it('the pattern of durations between two limits matches a duration exactly if it is between them', () => {
  const limit = fc.oneof(fc.constantFrom(0, 1, 999, 60_000, 30 * DAY_MS), fc.integer({ min: 0, max: 30 * DAY_MS }));
  const distance = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -40 * DAY_MS, max: 40 * DAY_MS }));
  fc.assert(fc.property(limit, limit, fc.constantFrom('ms', 's', 'm', 'h', 'd'), fc.boolean(), distance, (one, other, unit, isNearLeast, offset) => {
    const [leastMs, limitMs] = [Math.min(one, other), Math.max(one, other)];
    const unitMs = parseDurationMs(`1${unit}`) ?? 0;
    const amount = Math.max(0, Math.floor((isNearLeast ? leastMs : limitMs) / unitMs) + (Math.abs(offset) > 2 ? Math.floor(offset / unitMs) : offset));
    const isWithin = amount * unitMs >= leastMs && amount * unitMs <= limitMs;
    expect([`${amount}${unit}`, durationsBetween(leastMs, limitMs).test(`${amount}${unit}`)]).toEqual([`${amount}${unit}`, isWithin]);
  }));
});
