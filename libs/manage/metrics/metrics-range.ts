import { type GivenRange, invalidRange, isKept, type Step, STEPS, timeOf } from '#manage/stats-range';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Of one series. */
const MOST_STEPS = 1_500;
const LONGEST = STEPS[6];

/** How long rows are kept, as migration 0028 says; those of an hour as long as events. */
const KEPT_MS = { 10: 2 * HOUR_MS, 60: 2 * DAY_MS, 3_600: Infinity } as const;

export type StepName = Step['step'];
export const STEP_NAMES = STEPS.map(({ step }) => step) as [StepName, ...StepName[]];

export interface MetricsRange {
  readonly from: Date;
  readonly to: Date;
  /** The end of the row that `to` is in. */
  readonly end: Date;
  readonly step: StepName;
  readonly stepSeconds: number;
  /** Rows of which steps are summed. */
  readonly rowSeconds: keyof typeof KEPT_MS;
}

/**
 * The time that numbers are asked of: by default the last hour. Its step is by default the smallest that is kept so long and
 * makes at most some 360 steps, and with `by`, which has to read all names, at least a minute. Rows are read whole: "the last hour" by rows of an hour has the hour before this one, too.
 * @throws LockstepError invalid_request if it is empty, has too many steps, or is no longer kept in such steps
 */
export function metricsRangeOf(given: GivenRange & { readonly step?: StepName | undefined; readonly by?: string | undefined }, nowMs = Date.now()): MetricsRange {
  const { from, to, lengthMs } = timeOf(given, HOUR_MS, nowMs);
  const isStepKept = (step: Step): boolean => isKept(from, KEPT_MS[rowSecondsOf(step)], nowMs);
  const isUsual = (step: Step): boolean => lengthMs <= step.upToMs && isStepKept(step) && (given.by === undefined || rowSecondsOf(step) > 10);
  const found = STEPS.find((step) => (given.step === undefined ? isUsual(step) : step.step === given.step)) ?? LONGEST;
  const { step, stepSeconds } = found;
  const rowSeconds = rowSecondsOf(found);
  if (!isStepKept(found)) throw invalidRange('step', `is kept for ${rowSeconds === 10 ? 'two hours' : 'two days'}: use a longer one for a time that began before`);
  if (lengthMs > MOST_STEPS * DAY_MS) throw invalidRange('from', `is more than ${MOST_STEPS} days before to`);
  if (lengthMs / 1_000 / stepSeconds > MOST_STEPS) throw invalidRange('step', `makes more than ${MOST_STEPS} steps of this time: use a longer one`);
  const rowMs = rowSeconds * 1_000;
  return {
    from: new Date(Math.floor(from.getTime() / rowMs) * rowMs), to, end: new Date(Math.ceil(to.getTime() / rowMs) * rowMs),
    step, stepSeconds, rowSeconds,
  };
}

function rowSecondsOf({ stepSeconds }: Step): MetricsRange['rowSeconds'] {
  return stepSeconds < 60 ? 10 : stepSeconds < 3_600 ? 60 : 3_600;
}
