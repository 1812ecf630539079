import { expect, test } from '@jest/globals';
import { Backoff } from './backoff.js';
import { consoleLine } from './log-lines.js';

test('only warnings and worse reach the console, in a short form', () => {
  const line = (level: number): string => JSON.stringify({ level, time: '2026-11-21T12:00:01.002Z', msg: 'lease lost', err: { message: 'timeout' } });
  expect(consoleLine('dispatcher-0', line(30))).toBeUndefined();
  expect(consoleLine('dispatcher-0', line(40))).toBe('12:00:01.002  dispatcher-0  WARN  lease lost: timeout');
});

test('what is not a log line is shown as it is: it may be a crash', () => {
  expect(consoleLine('gateway-1', '    at main (main.js:1:1)')).toBe('gateway-1      at main (main.js:1:1)');
  expect(consoleLine('gateway-1', '{"level":')).toBe('gateway-1  {"level":');
  expect(consoleLine('gateway-1', '')).toBeUndefined();
});

test('starts again after 250 ms, doubling to 10 s, and anew after a life of 30 s', () => {
  const backoff = new Backoff();
  expect([0, 0, 0, 0, 0, 0, 0, 0].map((livedMs) => backoff.delayAfter(livedMs))).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(backoff.delayAfter(30_000)).toBe(250);
  expect(backoff.delayAfter(29_999)).toBe(500);
});
