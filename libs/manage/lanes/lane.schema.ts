import { z } from 'zod';
import { pageQuery } from '#ground/http/pagination';

const STATES = ['idle', 'sending', 'waiting', 'paused', 'halted'] as const;

export const laneQuerySchema = z.strictObject({
  endpoint: z.string().optional(),
  entity: z.string().optional(),
  state: z.enum(STATES).optional().meta({ description: 'Default: all lanes that have pending deliveries, are paused or are halted' }),
  sort: z.enum(['age', 'depth']).default('age').meta({ description: 'Oldest pending delivery first, or longest lane first' }),
  ...pageQuery,
});
export type LaneQuery = z.output<typeof laneQuerySchema>;

export const laneActionSchema = z
  .strictObject({ reason: z.string().max(500).optional().meta({ description: 'Recorded in the audit log' }) })
  .nullish()
  .transform((body) => body ?? {});
export type LaneAction = z.output<typeof laneActionSchema>;

export const laneSkipSchema = z
  .strictObject({
    event: z.string().optional().meta({ description: 'Skips only this event. 409 if it is not the head any more, so that a second click skips nothing else' }),
    reason: z.string().max(500).optional().meta({ description: 'Recorded in the audit log' }),
  })
  .nullish()
  .transform((body) => body ?? {});
export type LaneSkip = z.output<typeof laneSkipSchema>;

export const laneSchema = z
  .object({
    endpoint: z.string(),
    entity: z.string(),
    state: z.enum(STATES),
    reason: z.enum(['retry', 'endpoint_paused', 'endpoint_disabled', 'breaker', 'rate_limit']).nullable().meta({ description: 'Why the lane waits' }),
    depth: z.int().meta({ description: 'Pending deliveries' }),
    head: z
      .object({ event: z.string(), delivery: z.string(), sequence: z.int(), attempts: z.int(), deadReason: z.string().nullable() })
      .nullable()
      .meta({ description: 'The delivery whose turn it is. In a halted lane: the dead letter that halted it' }),
    oldestAt: z.string().nullable(),
    nextAttemptAt: z.string().nullable(),
  })
  .meta({ id: 'Lane' });
export type LaneResource = z.output<typeof laneSchema>;
