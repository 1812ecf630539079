import { z } from 'zod';
import type { EndpointRateLimit } from '#flow/rate-limits/endpoint-limits';

const perSecond = z.number().min(0.01).max(1_000_000).meta({ description: 'Requests per second in the long run. One a minute: 0.0167', example: 20 });
const burst = z.int().min(1).max(1_000_000).meta({ description: 'Requests at once', example: 40 });

/** The setting as it is given. */
export const newRateLimitSchema = z
  .strictObject({ perSecond, burst: burst.optional().meta({ description: 'Requests at once. Default: those of a second, at least 1' }) })
  .meta({ id: 'NewRateLimit', description: 'Most requests that the endpoint gets, retries included' });
export type NewRateLimit = z.output<typeof newRateLimitSchema>;

/** The setting in the API's answers. */
export const rateLimitSchema = z.object({ perSecond, burst }).meta({ id: 'RateLimit' });

/** Both or none, as Postgres has them. */
export interface RateLimitColumns {
  readonly perSecond: number | null;
  readonly burst: number | null;
}

export function rateLimitColumnsOf(limit: NewRateLimit | null): RateLimitColumns {
  if (limit === null) return { perSecond: null, burst: null };
  return { perSecond: limit.perSecond, burst: limit.burst ?? Math.max(1, Math.floor(limit.perSecond)) };
}

/** Null: no limit. */
export function rateLimitOf({ perSecond, burst }: RateLimitColumns): EndpointRateLimit | null {
  return perSecond === null || burst === null ? null : { perSecond, burst };
}
