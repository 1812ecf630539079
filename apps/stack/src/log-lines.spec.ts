import { expect, test } from '@jest/globals';
import { Backoff } from './backoff.js';
import { consoleLine } from './log-lines.js';
import { RepeatFilter } from './repeat-filter.js';

test('the console shows only warnings and errors, in a short form', () => {
  const line = (level: number): string => JSON.stringify({ level, time: '2026-11-21T12:00:01.002Z', msg: 'lease lost', err: { message: 'timeout' } });
  expect(consoleLine('dispatcher-0', line(30))).toBeUndefined();
  expect(consoleLine('dispatcher-0', line(40))).toEqual({ clock: '12:00:01.002', text: 'dispatcher-0  WARN  lease lost: timeout' });
});

test('the console shows other output unchanged, because it may be a crash', () => {
  expect(consoleLine('gateway-1', '    at main (main.js:1:1)')).toEqual({ clock: '', text: 'gateway-1      at main (main.js:1:1)' });
  expect(consoleLine('gateway-1', '{"level":')).toEqual({ clock: '', text: 'gateway-1  {"level":' });
  expect(consoleLine('gateway-1', '')).toBeUndefined();
});

test('a repeated line is shown once in 10 s, with a count', () => {
  const repeats = new RepeatFilter();
  expect(repeats.filter('away', 0)).toBe('away');
  expect(repeats.filter('away', 5_000)).toBeUndefined();
  expect(repeats.filter('other', 5_000)).toBe('other');
  expect(repeats.filter('away', 9_999)).toBeUndefined();
  expect(repeats.filter('away', 10_000)).toBe('away (2 repeats hidden)');
  expect(repeats.filter('away', 20_000)).toBe('away');
});

test('restarts after 250 ms, doubling to 10 s, and after 250 ms again once a process ran for 30 s', () => {
  const backoff = new Backoff();
  expect([0, 0, 0, 0, 0, 0, 0, 0].map((uptimeMs) => backoff.delayAfter(uptimeMs))).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(backoff.delayAfter(30_000)).toBe(250);
  expect(backoff.delayAfter(29_999)).toBe(500);
});
