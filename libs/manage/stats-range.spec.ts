import { describe, expect, it } from '@jest/globals';
import { statsRangeOf } from './stats-range.js';

const HOUR_MS = 3_600_000;
const to = new Date('2026-01-31T12:00:00Z');
const before = (hours: number): Date => new Date(to.getTime() - hours * HOUR_MS);

describe('the range of statistics', () => {
  it('is the last day by default', () => {
    const { from, to: end } = statsRangeOf({});
    expect([end.getTime() - from.getTime(), Math.abs(Date.now() - end.getTime()) < 60_000]).toEqual([24 * HOUR_MS, true]);
    expect(statsRangeOf({ to })).toMatchObject({ from: before(24), to, step: '1h' });
  });

  it.each([[1, '1m', 60], [6, '1m', 60], [7, '1h', 3_600], [336, '1h', 3_600], [337, '1d', 86_400]])('of %p hours has the step %p', (hours, step, stepSeconds) => {
    expect(statsRangeOf({ from: before(hours), to })).toEqual({ from: before(hours), to, step, stepSeconds });
  });

  it('has no step of a minute where these are gone', () => {
    const recent = { from: new Date(Date.now() - 47 * HOUR_MS), to: new Date(Date.now() - 46 * HOUR_MS) };
    const old = { from: new Date(Date.now() - 48 * HOUR_MS), to: new Date(Date.now() - 47 * HOUR_MS) };
    expect([recent, old].map((range) => statsRangeOf(range, 48 * HOUR_MS).step)).toEqual(['1m', '1h']);
  });

  it.each([[to, to], [to, before(1)]])('must not be empty: %p to %p', (from, end) => {
    expect(() => statsRangeOf({ from, to: end })).toThrow('from must be before to');
  });
});
