import type { Disposition } from '#domain/disposition';

/** The objective: this long after an event was accepted its delivery has succeeded. How many may miss it is in alerts.yml. */
const IN_TIME_MS = 60_000;

export const OBJECTIVE_RESULTS = ['in_time', 'late', 'dead'] as const;
export type ObjectiveResult = (typeof OBJECTIVE_RESULTS)[number];

/**
 * How a delivery that has ended counts for the objective. Undefined: not at all, because it was not due when its event came.
 * @param ageMs see `deliveryAgeMs`
 */
export function objectiveResultOf(kind: Exclude<Disposition['kind'], 'retry'>, ageMs: number | undefined): ObjectiveResult | undefined {
  if (ageMs === undefined) return undefined;
  if (kind === 'dead') return 'dead';
  return ageMs <= IN_TIME_MS ? 'in_time' : 'late';
}
