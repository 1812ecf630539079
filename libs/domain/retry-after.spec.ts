import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dispositionOf } from './disposition.js';
import { parseRetryAfterMs } from './retry-after.js';

const NOW_MS = Date.parse('2026-11-21T10:00:00Z');
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment in each form that a server may send. `off` days beside the right weekday. */
const FORMS: Readonly<Record<string, (at: Date, off: number) => string>> = {
  'IMF-fixdate': (at, off) => `${weekday(at, off).slice(0, 3)}, ${two(at.getUTCDate())} ${month(at)} ${at.getUTCFullYear()} ${time(at)} GMT`,
  'IMF-fixdate without GMT': (at, off) => `${weekday(at, off).slice(0, 3)}, ${two(at.getUTCDate())} ${month(at)} ${at.getUTCFullYear()} ${time(at)}`,
  'RFC 850': (at, off) => `${weekday(at, off)}, ${two(at.getUTCDate())}-${month(at)}-${two(at.getUTCFullYear() % 100)} ${time(at)} GMT`,
  'asctime': (at, off) => `${weekday(at, off).slice(0, 3)} ${month(at)} ${String(at.getUTCDate()).padStart(2)} ${time(at)} ${at.getUTCFullYear()}`,
  'ISO 8601': (at) => at.toISOString(),
  'ISO 8601 without a zone': (at) => at.toISOString().replace('Z', ''),
  'SQL': (at) => at.toISOString().slice(0, 19).replace('T', ' '),
  'ISO 8601 with an offset': (at) => new Date(at.getTime() + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30'),
};

const weekday = (at: Date, off: number): string => WEEKDAYS[(at.getUTCDay() + off) % 7] ?? '';
const month = (at: Date): string => MONTHS[at.getUTCMonth()] ?? '';
const time = (at: Date): string => at.toISOString().slice(11, 19);

const wholeSecond = (fromMs: number, toMs: number): fc.Arbitrary<Date> => fc.integer({ min: Math.ceil(fromMs / 1_000), max: Math.floor(toMs / 1_000) }).map((seconds) => new Date(seconds * 1_000));

describe('parseRetryAfterMs', () => {
  it.each([
    ['120', 120_000], [' 120 ', 120_000], ['+120', 120_000], ['"120"', 120_000], ['0120', 120_000], ['1.5', 1_500], ['120.', 120_000], ['.5', 500], ['1e3', 1_000_000], ['0.0001', 1], ['10s', 10_000], ['5m', 300_000],
    ['99999999999', 99_999_999_999_000], ['9'.repeat(400), Number.MAX_SAFE_INTEGER], ['1e400', Number.MAX_SAFE_INTEGER],
    ['Sun Nov  6 08:49:37 2037', Date.parse('2037-11-06T08:49:37Z') - NOW_MS], ['Fri, 31 Dec 9999 23:59:59 GMT', Date.parse('9999-12-31T23:59:59Z') - NOW_MS],
    ['sat, 21 nov 2026 10:00:30 gmt', 30_000], ['Sat, 21 Nov 2026 10:00:30 UTC', 30_000], ['Sat, 21 Nov 2026 12:00:30 +0200', 30_000], ['21 November 2026 10:01 GMT', 60_000], ['2026-11-22', 50_400_000],
    ['Saturday, 21-Nov-76 10:00:00 GMT', Date.parse('2076-11-21T10:00:00Z') - NOW_MS],
    ['60 seconds', 60_000], ['60 s', 60_000], ['1.5 Minutes', 90_000], ['500 ms', 500], ['20 milliseconds', 20], ['1m30s', 90_000], ['1 hour 5 min', 3_900_000], ['2 weeks', 14 * 86_400_000], ['PT60S', 60_000], ['P1DT2H', 93_600_000],
    ['1,000', 1_000_000], ['1,000,000', 1_000_000_000], ['999999999999d', Number.MAX_SAFE_INTEGER],
    ['Sat Nov 21 2026 10:00:30 GMT+0000 (Coordinated Universal Time)', 30_000], ['Sat Nov 21 2026 12:00:30 GMT+0200 (Central European Summer Time)', 30_000],
    ['Sat Nov 21 10:00:30 UTC 2026', 30_000], ['Sat Nov 21 05:00:30 EST 2026', 30_000], ['Sat, 21 Nov 2026 05:00:30 EST', 30_000], ['Sat, 21 Nov 2026 10:00:30 CET', 30_000],
    ['2026/11/21 10:00:30', 30_000], ['Saturday, November 21, 2026 10:00:30', 30_000], ['"Sat, 21 Nov 2026 10:00:30 GMT"', 30_000], ['Nov 22, 2026', 50_400_000], ['Sun, 22 Nov 2026', 50_400_000],
  ])('reads "%s"', (text, waitMs) => {
    expect(parseRetryAfterMs(text, NOW_MS)).toBe(waitMs);
  });

  it.each(['Sat, 21 Nov 2026 09:00:00 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Saturday, 21-Nov-77 10:00:00 GMT', '1970-01-01T00:00:00Z', '0', '0.0'])('takes "%s" as now', (text) => {
    expect(parseRetryAfterMs(text, NOW_MS)).toBe(0);
  });

  it.each(['', ' ', ',', '-5', 'soon', 'soon 2040', 'NaN', 'Infinity', '0x10', '1.2.3', '10 parsecs', 'Sat, 21 Smarch 2037 10:00:30 GMT', '2037-11', 'tomorrow', '1 2', 'PT', 'P1M', '5 minuets', '21 Nov 2026 10:00 pm', '2037/11-06'])('does not take "%s" for a moment', (text) => {
    expect(parseRetryAfterMs(text, NOW_MS)).toBeUndefined();
  });

  it('takes the longest of several values, and passes over what names no moment', () => {
    expect(parseRetryAfterMs('5, soon, 120', NOW_MS)).toBe(120_000);
    expect(parseRetryAfterMs('Sat, 21 Nov 2026 10:00:30 GMT, 5', NOW_MS)).toBe(30_000);
  });

  it.each(Object.entries(FORMS))('reads any moment in the form %s, with any weekday, spaces around it, in any case', (_name, form) => {
    // Two digits of a year reach 50 years ahead.
    fc.assert(fc.property(wholeSecond(NOW_MS - 40 * 365 * 86_400_000, NOW_MS + 49 * 365 * 86_400_000), fc.nat(6), fc.constantFrom('', ' ', '\t'), fc.boolean(), (at, off, space, lower) => {
      const text = `${space}${form(at, off)}${space}`;
      expect(parseRetryAfterMs(lower ? text.toLowerCase() : text, NOW_MS)).toBe(Math.max(0, at.getTime() - NOW_MS));
    }));
  });

  it('reads any number of seconds that is more than zero as later than now', () => {
    fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e300, noNaN: true }), (seconds) => {
      const waitMs = parseRetryAfterMs(String(seconds), NOW_MS) ?? 0;
      expect(waitMs).toBeGreaterThan(0);
      expect(dispositionOf({ startedAtMs: 0, durationMs: 1, statusCode: 503, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: waitMs }, 1, { scheduleMs: [1], maxRetryAfterMs: 86_400_000 }, 0))
        .toEqual({ kind: 'retry', delayMs: Math.min(waitMs, 86_400_000) });
    }));
  });

  it('never throws, and never answers with a time before now', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('1', '9', 'pt', 'day', 'm', '(', '/', ' ', ',', ':', '-', 'e', '.', 't', 'sun', 'nov', 'gmt', '+', '2037') }));
    fc.assert(fc.property(anyText, (text) => {
      const waitMs = parseRetryAfterMs(text, NOW_MS);
      expect(waitMs === undefined || (Number.isSafeInteger(waitMs) && waitMs >= 0)).toBe(true);
    }));
  });
});
