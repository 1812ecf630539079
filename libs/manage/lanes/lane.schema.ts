import { z } from 'zod';
import { CursorFormat, FLOAT, UINT52 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { deliveryIdSchema, idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';
import { entity } from '#manage/events/event.schema';

const STATES = ['idle', 'sending', 'waiting', 'paused', 'halted'] as const;

/** The lane's place in the order, and its key. */
export const laneCursor = new CursorFormat(FLOAT, UINT52);

export const laneQuerySchema = z.strictObject({
  endpoint: idSchema('ep').optional(),
  entity: entity.optional(),
  state: z.enum(STATES).optional().meta({ description: 'Default: all lanes that have pending deliveries, are paused or are halted' }),
  sort: z.enum(['age', 'depth']).default('age').meta({ description: 'Oldest pending delivery first, or longest lane first' }),
  ...pageQuery(laneCursor),
});
export type LaneQuery = z.output<typeof laneQuerySchema>;

export const laneActionSchema = z
  .strictObject({ reason: textSchema({ max: 500 }).optional().meta({ description: 'Recorded in the audit log' }) })
  .nullish()
  .transform((body) => body ?? {});
export type LaneAction = z.output<typeof laneActionSchema>;

export const laneSkipSchema = z
  .strictObject({
    event: idSchema('evt').optional().meta({ description: 'Skips only this event. 409 if it is not the head any more, so that a second click skips nothing else' }),
    reason: textSchema({ max: 500 }).optional().meta({ description: 'Recorded in the audit log' }),
  })
  .nullish()
  .transform((body) => body ?? {});
export type LaneSkip = z.output<typeof laneSkipSchema>;

export const laneSchema = z
  .object({
    endpoint: idSchema('ep'),
    entity,
    state: z.enum(STATES),
    reason: z.enum(['retry', 'endpoint_paused', 'endpoint_disabled', 'breaker', 'rate_limit']).nullable().meta({ description: 'Why the lane waits' }),
    depth: z.int().min(0).meta({ description: 'Pending deliveries' }),
    head: z
      .object({ event: idSchema('evt'), delivery: deliveryIdSchema, sequence: z.int().min(1), attempts: z.int().min(0), deadReason: z.string().nullable() })
      .nullable()
      .meta({ description: 'The delivery whose turn it is. In a halted lane: the dead letter that halted it' }),
    oldestAt: z.iso.datetime().nullable(),
    nextAttemptAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Lane' });
export type LaneResource = z.output<typeof laneSchema>;
