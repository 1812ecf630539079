import { z } from 'zod';
import { pageQuery } from '#ground/http/pagination';

const STATES = ['idle', 'sending', 'waiting', 'paused', 'halted'] as const;

export const laneQuerySchema = z.strictObject({
  endpoint: z.string().optional(),
  entity: z.string().optional(),
  state: z.enum(STATES).optional().meta({ description: 'Without it: all that have something pending, or are paused or halted' }),
  sort: z.enum(['age', 'depth']).default('age').meta({ description: 'The oldest pending first, or the longest lane first' }),
  ...pageQuery,
});
export type LaneQuery = z.output<typeof laneQuerySchema>;

export const laneActionSchema = z
  .strictObject({ reason: z.string().max(500).optional().meta({ description: 'Kept in the audit log' }) })
  .nullish()
  .transform((body) => body ?? {});
export type LaneAction = z.output<typeof laneActionSchema>;

export const laneSkipSchema = z
  .strictObject({
    event: z.string().optional().meta({ description: 'Skips only this event: 409 when another one\'s turn has come, so that a second click skips nothing' }),
    reason: z.string().max(500).optional().meta({ description: 'Kept in the audit log' }),
  })
  .nullish()
  .transform((body) => body ?? {});
export type LaneSkip = z.output<typeof laneSkipSchema>;

export const laneSchema = z
  .object({
    endpoint: z.string(),
    entity: z.string(),
    state: z.enum(STATES),
    reason: z.enum(['retry', 'endpoint_paused', 'endpoint_disabled', 'breaker', 'rate_limit']).nullable().meta({ description: 'Why it waits' }),
    depth: z.int().meta({ description: 'Deliveries that are pending' }),
    head: z
      .object({ event: z.string(), delivery: z.string(), sequence: z.int(), attempts: z.int(), deadReason: z.string().nullable() })
      .nullable()
      .meta({ description: 'The delivery whose turn it is; of a halted lane the dead letter that it stopped at' }),
    oldestAt: z.string().nullable(),
    nextAttemptAt: z.string().nullable(),
  })
  .meta({ id: 'Lane' });
export type LaneResource = z.output<typeof laneSchema>;
