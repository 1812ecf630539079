import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, parseDurationMs } from './duration.js';

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['30d', 2_592_000_000],
  ['0ms', 0],
  [' 1s ', 1_000],
])('%j is %d ms', (text, durationMs) => {
  expect(parseDurationMs(text)).toBe(durationMs);
});

test.each(['', '10', 's', '1.5s', '-1s', '+1s', '1 s', '1S', '1w', '1s5ms', '10sec', '0x1s', '١s', '1234567890123s'])(
  '%j is no duration',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  },
);

test('every duration is read back from its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 * 86_400_000 }), (durationMs) => {
      expect(parseDurationMs(formatDuration(durationMs))).toBe(durationMs);
    }),
  );
});

test.each([
  [0, '0ms'],
  [999, '999ms'],
  [1_000, '1s'],
  [1_500, '1500ms'],
  [60_000, '1m'],
  [90_000, '90s'],
  [86_400_000, '1d'],
  [90_000_000, '25h'],
])('%d ms is written as %j: in the largest unit that divides it', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
