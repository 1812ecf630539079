import { describe, expect, it } from '@jest/globals';
import { LockstepError } from '#domain/problem';
import { metricsRangeOf, type StepName } from './metrics-range.js';

const NOW = Date.parse('2026-01-31T12:34:56Z');
const HOUR_MS = 3_600_000;
const ago = (hours: number): Date => new Date(NOW - hours * HOUR_MS);
const stepOf = (from: number, to: number, step?: StepName): string => metricsRangeOf({ from: ago(from), to: ago(to), step }, NOW).step;

describe('the time that numbers are asked of', () => {
  it('is the last hour, in steps of ten seconds, unless it is given', () => {
    expect(metricsRangeOf({}, NOW)).toEqual({ from: new Date('2026-01-31T11:34:50Z'), to: ago(0), end: new Date('2026-01-31T12:35:00Z'), step: '10s', stepSeconds: 10, rowSeconds: 10 });
    expect(metricsRangeOf({ by: 'endpoint' }, NOW)).toMatchObject({ from: new Date('2026-01-31T11:34:00Z'), step: '1m' });
    expect(metricsRangeOf({ by: 'endpoint', step: '10s' }, NOW).step).toBe('10s');
    expect(metricsRangeOf({ to: ago(30) }, NOW)).toMatchObject({ from: new Date('2026-01-30T05:34:00Z'), to: ago(30), step: '1m', rowSeconds: 60 });
  });

  it('begins with a row, whose numbers belong to the time together', () => {
    const fromOf = (step: StepName): string => metricsRangeOf({ step }, NOW).from.toISOString();
    expect([fromOf('1m'), fromOf('5m'), fromOf('1h'), fromOf('1d')]).toEqual(['2026-01-31T11:34:00.000Z', '2026-01-31T11:34:00.000Z', '2026-01-31T11:00:00.000Z', '2026-01-31T11:00:00.000Z']);
  });

  it('ends with a row, also of those that are not in their minutes yet', () => {
    const endOf = (step: StepName, to?: Date): string => metricsRangeOf({ step, to }, NOW).end.toISOString();
    expect([endOf('10s'), endOf('5m'), endOf('1d')]).toEqual(['2026-01-31T12:35:00.000Z', '2026-01-31T12:35:00.000Z', '2026-01-31T13:00:00.000Z']);
    expect(endOf('1h', new Date('2026-01-31T12:00:00Z'))).toBe('2026-01-31T12:00:00.000Z');
  });

  it('has longer steps the longer it is, and where shorter ones are not kept', () => {
    const cases: [number, number][] = [[1, 0], [1.9, 1], [2.1, 1.9], [6, 0], [24, 0], [47, 0], [47.5, 47], [49, 48.5], [14 * 24, 0], [60 * 24, 0], [365 * 24, 0]];
    expect(cases.map(([from, to]) => stepOf(from, to))).toEqual(['10s', '10s', '1m', '1m', '5m', '15m', '1m', '1h', '1h', '6h', '1d']);
  });

  it('has the step that is asked for', () => {
    expect([stepOf(1, 0, '1m'), stepOf(1, 0, '1d'), stepOf(1.9, 0, '10s'), stepOf(47, 40, '5m')]).toEqual(['1m', '1d', '10s', '5m']);
  });

  it.each<[string, number, number, StepName | undefined, string]>([
    ['is empty', 1, 1, undefined, 'from must be before to'],
    ['ends before it begins', 1, 2, undefined, 'from must be before to'],
    ['is not kept in ten seconds', 3, 2.5, '10s', 'step is kept for two hours'],
    ['is not kept in minutes', 50, 49, '5m', 'step is kept for two days'],
    ['has too many minutes', 47, 0, '1m', 'step makes more than 1500 steps'],
    ['has too many hours', 24 * 365, 0, '1h', 'step makes more than 1500 steps'],
    ['is longer than all steps', 24 * 1_501, 0, undefined, 'from is more than 1500 days before to'],
  ])('is refused if it %s', (_, from, to, step, message) => {
    expect(() => stepOf(from, to, step)).toThrow(LockstepError);
    expect(() => stepOf(from, to, step)).toThrow(message);
  });
});
