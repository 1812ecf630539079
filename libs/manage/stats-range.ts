import { LockstepError } from '#domain/problem';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** What is longer than a step's bound has the next step: at most some 400 steps. */
const STEPS = [{ upToMs: 6 * HOUR_MS, step: '1m', stepSeconds: 60 }, { upToMs: 14 * DAY_MS, step: '1h', stepSeconds: 3_600 }] as const;
const LONGEST_STEP = { step: '1d', stepSeconds: 86_400 } as const;
/** Where steps of a minute are kept for a limited time, one of them is still complete so long after its end. */
const MARGIN_MS = MINUTE_MS;

export interface StatsRange {
  readonly from: Date;
  readonly to: Date;
  readonly step: '1m' | '1h' | '1d';
  readonly stepSeconds: number;
}

/**
 * The time that numbers are asked of: by default the last day. Its step is a minute up to six hours, an hour up to two weeks,
 * else a day.
 * @param minutesKeptMs for how long there are steps of a minute; by default as long as others
 * @throws LockstepError invalid_request if it is empty
 */
export function statsRangeOf(given: { readonly from?: Date | undefined; readonly to?: Date | undefined }, minutesKeptMs = Infinity): StatsRange {
  const to = given.to ?? new Date();
  const from = given.from ?? new Date(to.getTime() - DAY_MS);
  if (from >= to) throw new LockstepError('invalid_request', 'from must be before to', { errors: [{ path: 'from', message: 'must be before to' }] });
  const lengthMs = to.getTime() - from.getTime();
  const hasMinutes = Date.now() - from.getTime() < minutesKeptMs - MARGIN_MS;
  const { step, stepSeconds } = STEPS.find(({ upToMs, stepSeconds: seconds }) => lengthMs <= upToMs && (hasMinutes || seconds > 60)) ?? LONGEST_STEP;
  return { from, to, step, stepSeconds };
}
