import { z } from 'zod';
import { formatDuration, parseDurationMs } from '#domain/duration';
import { durationsBetween } from '#domain/duration-pattern';

const MIN_DISABLE_AFTER_MS = 60_000;
const MAX_DISABLE_AFTER_MS = 2_592_000_000;

/** The setting. */
export const disableAfter = z
  .string()
  .regex(durationsBetween(MIN_DISABLE_AFTER_MS, MAX_DISABLE_AFTER_MS), 'must be a duration such as 90m, 12h or 5d, of 1m to 30d')
  .nullable()
  .default(null)
  .meta({ example: '5d', description: 'Disables the endpoint when nothing was delivered to it for so long, although it was tried, from 1m to 30d; null: never' });

export function disableAfterToMs(text: string): number {
  return parseDurationMs(text) ?? 0;
}

export function disableAfterFromMs(durationMs: number | null): string | null {
  return durationMs === null ? null : formatDuration(durationMs);
}

/** A part of the endpoint's resource. */
export const breakerSchema = z
  .object({
    state: z.enum(['closed', 'open', 'half-open']).meta({ description: '`open`: too much of what ended lately failed, and nothing is sent until `nextProbeAt`. `half-open`: a probe is under way' }),
    since: z.iso.datetime().nullable().meta({ description: 'When it opened, or closed again. Null if it has never opened' }),
    nextProbeAt: z.iso.datetime().nullable().meta({ description: 'While it is open: when the next delivery is tried' }),
    failureRate: z.number().min(0).max(1).nullable().meta({ description: 'Of the attempts that ended in the last half to whole minute, the share that failed. Null without such attempts, and for an endpoint that only delivers: its attempts are not counted' }),
  })
  .meta({ id: 'Breaker' });
export type Breaker = z.output<typeof breakerSchema>;

/** What a row has of the breaker; all null if the endpoint has never failed. */
export interface BreakerColumns {
  readonly breakerState: Breaker['state'] | null;
  readonly breakerSince: Date | null;
  readonly breakerProbeAt: Date | null;
  readonly breakerFailureRate: number | null;
}

export function breakerOf({ breakerState, breakerSince, breakerProbeAt, breakerFailureRate }: BreakerColumns): Breaker {
  const state = breakerState ?? 'closed';
  return {
    state,
    since: breakerSince?.toISOString() ?? null,
    nextProbeAt: state === 'open' ? (breakerProbeAt?.toISOString() ?? null) : null,
    failureRate: breakerFailureRate,
  };
}
