import { UNIT_MS } from './duration.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** No value needs more; a search in a long one takes too long. */
const LONGEST = 256;

const SECONDS = /^\+?(?:\d+\.?\d*|\.\d+)(?:e\+?\d+)?$/;
const THOUSANDS = /^\d{1,3}(?:,\d{3})+$/;

const UNITS = 'ms|msecs?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?';
const DURATION_PART = new RegExp(String.raw`(\d+\.?\d*|\.\d+)\s*(${UNITS})(?![a-z])\s*`, 'g');
/** 90 seconds, 1m30s, 1 hour 5 min */
const DURATION = new RegExp(`^(?:${DURATION_PART.source})+$`);
/** PT60S, P1DT2H; months and years have no fixed length. */
const ISO_DURATION = /^p(?<days>\d+[dw])?(?:t(?<time>.+))?$/;

const TIME = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?`;
const ZONE = String.raw`\s*(?:(?:gmt|utc?)?\s*(?<sign>[+-])(?<zoneHours>\d{2}):?(?<zoneMinutes>\d{2})|(?![ap]m\b)(?<zoneName>[a-z]{1,5}))?(?:\s*\([^()]*\))?`;
const MONTH = `(?<month>${MONTHS.join('|')})[a-z]*`;

const WEEKDAY = String.raw`(?:[a-z]+\s+)?`;

/** Dates by RFC 9110, 5.6.7, and as servers write them. The weekday does not count: it says nothing new, and may be wrong. */
const DATES = [
  // Fri, 06 Nov 2037 08:49:37 GMT; Friday, 06-Nov-37 08:49:37 GMT
  new RegExp(String.raw`^${WEEKDAY}(?<day>\d{1,2})[\s-]+${MONTH}[\s-]+(?<year>\d{4}|\d{2})(?:\s+${TIME}${ZONE})?$`),
  // Fri Nov  6 08:49:37 2037, Fri Nov  6 08:49:37 2037 GMT
  new RegExp(String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2})\s+${TIME}\s+(?<year>\d{4})${ZONE}$`),
  // Fri Nov 06 08:49:37 UTC 2037: date(1), Java
  new RegExp(String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2})\s+${TIME}${ZONE}\s+(?<year>\d{4})$`),
  // Fri Nov 06 2037 08:49:37 GMT+0000 (Coordinated Universal Time): JavaScript; November 6, 2037
  new RegExp(String.raw`^${WEEKDAY}${MONTH}\s+(?<day>\d{1,2})\s+(?<year>\d{4})(?:\s+${TIME}${ZONE})?$`),
  // 2037-11-06T08:49:37Z, 2037/11/06
  new RegExp(String.raw`^(?<year>\d{4})(?<between>[-/])(?<month>\d{2})\k<between>(?<day>\d{2})(?:(?:t|\s+)${TIME}${ZONE})?$`),
];

/** Hours ahead of GMT. Any other name counts as GMT (RFC 5322, 4.3). */
const ZONE_HOURS: Readonly<Record<string, number>> = { est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 };

/**
 * The wait that a Retry-After header asks for, in milliseconds from `nowMs`, rounded up; at most the largest safe integer.
 * Liberal: beside seconds and the dates of RFC 9110, 5.6.7 it reads decimals, durations (`90 seconds`, `1m30s`, `PT90S`) and
 * the dates that usual languages print, in GMT unless they name an offset or a zone of North America. Of several values,
 * separated by commas, the longest wait counts. 0 for a moment in the past, undefined for a text that names none.
 */
export function parseRetryAfterMs(header: string, nowMs: number): number | undefined {
  const text = trimmed(header.slice(0, LONGEST).toLowerCase());
  if (THOUSANDS.test(text)) return waitMsOf(text.replaceAll(',', ''), nowMs);
  // A date may contain commas: Friday, November 6, 2037.
  const waitMs = waitMsUntil(trimmed(text.replaceAll(',', ' ')), nowMs);
  if (waitMs !== undefined) return waitMs;
  // The comma after a weekday is not one between values.
  const texts = text.replaceAll(/(^|,)\s*[a-z]+,/g, '$1').split(',');
  const waitsMs = texts.map((each) => waitMsOf(trimmed(each), nowMs)).filter((each) => each !== undefined);
  return waitsMs.length === 0 ? undefined : Math.max(...waitsMs);
}

function trimmed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/^[ "]+|[ "]+$/g, '');
}

function waitMsOf(text: string, nowMs: number): number | undefined {
  const durationMs = SECONDS.test(text) ? Number(text) * UNIT_MS.s : durationMsOf(text);
  // A number of 400 digits is Infinity, with which no caller can calculate.
  return durationMs === undefined ? waitMsUntil(text, nowMs) : Math.min(Math.ceil(durationMs), Number.MAX_SAFE_INTEGER);
}

function durationMsOf(text: string): number | undefined {
  const iso = ISO_DURATION.exec(text)?.groups;
  const parts = iso === undefined ? text : `${iso['days'] ?? ''}${iso['time'] ?? ''}`;
  if (!DURATION.test(parts)) return undefined;
  return [...parts.matchAll(DURATION_PART)].reduce((sumMs, [, amount, unit = '']) => sumMs + Number(amount) * unitMsOf(unit), 0);
}

function unitMsOf(unit: string): number {
  if (/^m(?:s|illi)/.test(unit)) return UNIT_MS.ms;
  return unit.startsWith('w') ? 7 * UNIT_MS.d : UNIT_MS[unit.charAt(0) as keyof typeof UNIT_MS];
}

/** Undefined when the text is no date. */
function waitMsUntil(text: string, nowMs: number): number | undefined {
  const date = DATES.map((form) => form.exec(text)).find((found) => found !== null);
  return date?.groups === undefined ? undefined : Math.max(0, momentMsOf(date.groups, nowMs) - nowMs);
}

function momentMsOf(parts: Readonly<Record<string, string | undefined>>, nowMs: number): number {
  const number = (name: string): number => Number(parts[name] ?? 0);
  const month = MONTHS.indexOf(parts['month'] ?? '');
  const zoneMinutes = (parts['sign'] === '-' ? -1 : 1) * (number('zoneHours') * 60 + number('zoneMinutes')) + 60 * (ZONE_HOURS[parts['zoneName'] ?? ''] ?? 0);
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
