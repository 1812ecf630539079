import { z } from 'zod';

/** A token bucket: `burst` events at once, and `perSecond` in the long run. */
export interface IngestRateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** The setting of a tenant or an API key. */
export const ingestRateLimitSchema = z
  .strictObject({
    perSecond: z.number().min(0.01).max(1_000_000).meta({ description: 'Events per second in the long run', example: 500 }),
    burst: z.int().min(1).max(1_000_000).meta({ description: 'Events at once', example: 1_000 }),
  })
  .meta({ id: 'IngestRateLimit' });

/** In the order of the columns. Null: no limit. */
export function ingestRateLimitOf(perSecond: number | null, burst: number | null): IngestRateLimit | null {
  return perSecond === null || burst === null ? null : { perSecond, burst };
}
