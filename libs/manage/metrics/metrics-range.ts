import { LockstepError } from '#domain/problem';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Of one series. */
const MOST_STEPS = 1_500;
/** A time that has begun to be deleted is not asked for. */
const MARGIN_MS = MINUTE_MS;

interface Step {
  readonly step: string;
  readonly stepSeconds: number;
  /** Rows of which steps are summed, as migrations 0026 and 0028 say. */
  readonly rowSeconds: 10 | 60 | 3_600;
  /** The longest time that has this step by default. */
  readonly upToMs: number;
}

/** How long the rows are kept; those of an hour as long as events. */
const KEPT_MS = { 10: 2 * HOUR_MS, 60: 2 * DAY_MS, 3_600: Infinity } as const;

const STEPS = [
  { step: '10s', stepSeconds: 10, rowSeconds: 10, upToMs: HOUR_MS },
  { step: '1m', stepSeconds: 60, rowSeconds: 60, upToMs: 6 * HOUR_MS },
  { step: '5m', stepSeconds: 300, rowSeconds: 60, upToMs: DAY_MS },
  { step: '15m', stepSeconds: 900, rowSeconds: 60, upToMs: 2 * DAY_MS },
  { step: '1h', stepSeconds: 3_600, rowSeconds: 3_600, upToMs: 14 * DAY_MS },
  { step: '6h', stepSeconds: 21_600, rowSeconds: 3_600, upToMs: 60 * DAY_MS },
  { step: '1d', stepSeconds: 86_400, rowSeconds: 3_600, upToMs: Infinity },
] as const satisfies readonly Step[];

export type StepName = (typeof STEPS)[number]['step'];
export const STEP_NAMES = STEPS.map(({ step }) => step) as [StepName, ...StepName[]];

export interface MetricsRange {
  readonly from: Date;
  readonly to: Date;
  readonly step: StepName;
  readonly stepSeconds: number;
  readonly rowSeconds: 10 | 60 | 3_600;
}

/**
 * The time that numbers are asked of: by default the last hour. Its step is by default the smallest that is kept so long and
 * makes at most some 360 steps.
 * @throws LockstepError invalid_request if it is empty, has too many steps, or is no longer kept in such steps
 */
export function metricsRangeOf(given: { readonly from?: Date | undefined; readonly to?: Date | undefined; readonly step?: StepName | undefined }, nowMs = Date.now()): MetricsRange {
  const to = given.to ?? new Date(nowMs);
  const from = given.from ?? new Date(to.getTime() - HOUR_MS);
  if (from >= to) throw invalid('from', 'must be before to');
  const lengthMs = to.getTime() - from.getTime();
  const isKept = ({ rowSeconds }: Step): boolean => nowMs - from.getTime() <= KEPT_MS[rowSeconds] - MARGIN_MS;
  const found = STEPS.find((step) => (given.step === undefined ? lengthMs <= step.upToMs && isKept(step) : step.step === given.step)) ?? STEPS[6];
  const { step, stepSeconds, rowSeconds } = found;
  if (!isKept(found)) throw invalid('step', `is kept for ${rowSeconds === 10 ? 'two hours' : 'two days'}: use a longer one for a time that began before`);
  if (lengthMs / 1_000 / stepSeconds > MOST_STEPS) throw invalid('step', `makes more than ${MOST_STEPS} steps of this time: use a longer one`);
  return { from, to, step, stepSeconds, rowSeconds };
}

function invalid(path: string, message: string): LockstepError {
  return new LockstepError('invalid_request', `${path} ${message}`, { errors: [{ path, message }] });
}
