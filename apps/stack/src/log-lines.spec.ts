import { expect, test } from '@jest/globals';
import { Backoff } from './backoff.js';
import { consoleLine } from './log-lines.js';
import { RepeatFilter } from './repeat-filter.js';

test('only warnings and worse reach the console, in a short form', () => {
  const line = (level: number): string => JSON.stringify({ level, time: '2026-11-21T12:00:01.002Z', msg: 'lease lost', err: { message: 'timeout' } });
  expect(consoleLine('dispatcher-0', line(30))).toBeUndefined();
  expect(consoleLine('dispatcher-0', line(40))).toEqual({ clock: '12:00:01.002', text: 'dispatcher-0  WARN  lease lost: timeout' });
});

test('what is not a log line is shown as it is: it may be a crash', () => {
  expect(consoleLine('gateway-1', '    at main (main.js:1:1)')).toEqual({ clock: '', text: 'gateway-1      at main (main.js:1:1)' });
  expect(consoleLine('gateway-1', '{"level":')).toEqual({ clock: '', text: 'gateway-1  {"level":' });
  expect(consoleLine('gateway-1', '')).toBeUndefined();
});

test('an outage shows one line in 10 s, with how often it came', () => {
  const filter = new RepeatFilter();
  expect(filter.pass('away', 0)).toBe('away');
  expect(filter.pass('away', 5_000)).toBeUndefined();
  expect(filter.pass('other', 5_000)).toBe('other');
  expect(filter.pass('away', 9_999)).toBeUndefined();
  expect(filter.pass('away', 10_000)).toBe('away (and 2 times before)');
  expect(filter.pass('away', 20_000)).toBe('away');
});

test('starts again after 250 ms, doubling to 10 s, and anew after a life of 30 s', () => {
  const backoff = new Backoff();
  expect([0, 0, 0, 0, 0, 0, 0, 0].map((livedMs) => backoff.delayAfter(livedMs))).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(backoff.delayAfter(30_000)).toBe(250);
  expect(backoff.delayAfter(29_999)).toBe(500);
});
