import { parseDurationMs } from './duration.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** No value needs more; a search in a long one takes too long. */
const LONGEST = 256;

const SECONDS = /^\+?(?:\d+\.?\d*|\.\d+)(?:e\+?\d+)?$/;
const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?`;
const ZONE = String.raw`\s*(?:gmt|utc?|z|(?<sign>[+-])(?<zoneHours>\d{2}):?(?<zoneMinutes>\d{2}))?`;
const MONTH = `(?<month>${MONTHS.join('|')})[a-z]*`;

const WEEKDAY = String.raw`(?:[a-z]+\s+)?`;

/** Dates by RFC 9110, 5.6.7, and as servers write them. The weekday does not count: it says nothing new, and may be wrong. */
const DATES = [
  // Fri, 06 Nov 2037 08:49:37 GMT; Friday, 06-Nov-37 08:49:37 GMT
  new RegExp(String.raw`^${WEEKDAY}(?<day>\d{1,2})[\s-]+${MONTH}[\s-]+(?<year>\d{4}|\d{2})\s+${TIME}${ZONE}$`),
  // Fri Nov  6 08:49:37 2037
  new RegExp(String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2})\s+${TIME}\s+(?<year>\d{4})${ZONE}$`),
  // 2037-11-06T08:49:37Z, 2037-11-06
  new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:(?:t|\s+)${TIME}${ZONE})?$`),
];

/**
 * The wait that a Retry-After header asks for, in milliseconds from `nowMs`, rounded up. Liberal: any text that names a later
 * moment counts, such as decimals, `10s`, and each form of a date, in GMT unless it names an offset. Of several values,
 * separated by commas, the longest wait counts. 0 for a moment in the past, undefined for a text that names none.
 */
export function parseRetryAfterMs(header: string, nowMs: number): number | undefined {
  // The comma after a weekday is not one between values.
  const texts = header.trim().slice(0, LONGEST).toLowerCase().replaceAll(/(^|,)\s*[a-z]+,/g, '$1').split(',');
  const waitsMs = texts.map((text) => waitMsOf(text.replaceAll(/^[\s"]+|[\s"]+$/g, ''), nowMs)).filter((waitMs) => waitMs !== undefined);
  return waitsMs.length === 0 ? undefined : Math.max(...waitsMs);
}

function waitMsOf(text: string, nowMs: number): number | undefined {
  // A number of 400 digits is Infinity, with which no caller can calculate.
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * 1_000), Number.MAX_SAFE_INTEGER);
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined) return durationMs;
  const date = DATES.map((form) => form.exec(text)).find((found) => found !== null);
  return date?.groups === undefined ? undefined : Math.max(0, momentMsOf(date.groups, nowMs) - nowMs);
}

function momentMsOf(parts: Readonly<Record<string, string | undefined>>, nowMs: number): number {
  const number = (name: string): number => Number(parts[name] ?? 0);
  const month = MONTHS.indexOf(parts['month'] ?? '');
  const zoneMinutes = (parts['sign'] === '-' ? -1 : 1) * (number('zoneHours') * 60 + number('zoneMinutes'));
  const year = parts['year']?.length === 2 ? fullYearOf(number('year'), nowMs) : number('year');
  const moment = new Date(0);
  moment.setUTCFullYear(year, month === -1 ? number('month') - 1 : month, number('day'));
  return moment.setUTCHours(number('hour'), number('minute') - zoneMinutes, number('second'));
}

/** A year of two digits that seems to be more than 50 years ahead is the one a century before (RFC 9110, 5.6.7). */
function fullYearOf(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}
