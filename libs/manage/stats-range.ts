import { LockstepError } from '#domain/problem';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** What is kept for a limited time is still complete so long before it is deleted. */
const MARGIN_MS = MINUTE_MS;

/** Each is usual for a time of at most `upToMs`, which then has some 400 of them. */
export const STEPS = [
  { step: '10s', stepSeconds: 10, upToMs: HOUR_MS },
  { step: '1m', stepSeconds: 60, upToMs: 6 * HOUR_MS },
  { step: '5m', stepSeconds: 300, upToMs: DAY_MS },
  { step: '15m', stepSeconds: 900, upToMs: 2 * DAY_MS },
  { step: '1h', stepSeconds: 3_600, upToMs: 14 * DAY_MS },
  { step: '6h', stepSeconds: 21_600, upToMs: 60 * DAY_MS },
  { step: '1d', stepSeconds: 86_400, upToMs: Infinity },
] as const;
export type Step = (typeof STEPS)[number];
const [, MINUTES, , , HOURS, , DAYS] = STEPS;

export interface GivenRange {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface StatsRange {
  readonly from: Date;
  readonly to: Date;
  readonly step: '1m' | '1h' | '1d';
  readonly stepSeconds: number;
}

/**
 * The time that numbers are asked of: by default until now, and from `defaultMs` before its end.
 * @throws LockstepError invalid_request if it is empty
 */
export function timeOf(given: GivenRange, defaultMs: number, nowMs: number): { readonly from: Date; readonly to: Date; readonly lengthMs: number } {
  const to = given.to ?? new Date(nowMs);
  const from = given.from ?? new Date(to.getTime() - defaultMs);
  if (from >= to) throw invalidRange('from', 'must be before to');
  return { from, to, lengthMs: to.getTime() - from.getTime() };
}

/** Whether what is kept for so long has not begun to be deleted since `from`. */
export function isKept(from: Date, keptMs: number, nowMs: number): boolean {
  return nowMs - from.getTime() < keptMs - MARGIN_MS;
}

/**
 * The time that statistics are asked of: by default the last day. Its step is a minute up to six hours, an hour up to two weeks,
 * else a day.
 * @param minutesKeptMs for how long there are steps of a minute; by default as long as others
 * @throws LockstepError invalid_request if it is empty
 */
export function statsRangeOf(given: GivenRange, minutesKeptMs = Infinity): StatsRange {
  const nowMs = Date.now();
  const { from, to, lengthMs } = timeOf(given, DAY_MS, nowMs);
  const steps = isKept(from, minutesKeptMs, nowMs) ? [MINUTES, HOURS] : [HOURS];
  const { step, stepSeconds } = steps.find(({ upToMs }) => lengthMs <= upToMs) ?? DAYS;
  return { from, to, step, stepSeconds };
}

export function invalidRange(path: string, message: string): LockstepError {
  return new LockstepError('invalid_request', `${path} ${message}`, { errors: [{ path, message }] });
}
