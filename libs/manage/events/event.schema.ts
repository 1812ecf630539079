import { z } from 'zod';
import { pageQuery } from '#ground/http/pagination';

/** An RFC 3339 moment in a query or a body. */
export const moment = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 date and time such as 2026-01-31T12:00:00Z' }).transform((text) => new Date(text));

export const eventQuerySchema = z.strictObject({
  entity: z.string().optional(),
  type: z.string().optional(),
  status: z.enum(['accepted', 'admitted']).optional(),
  from: moment.optional().meta({ description: 'Accepted at this moment or later' }),
  to: moment.optional().meta({ description: 'Accepted before this moment' }),
  ...pageQuery,
});
export type EventQuery = z.output<typeof eventQuerySchema>;

export const deliveryQuerySchema = z.strictObject({
  endpoint: z.string().optional(),
  entity: z.string().optional(),
  status: z.enum(['pending', 'delivered', 'dead', 'discarded']).optional(),
  ...pageQuery,
});
export type DeliveryQuery = z.output<typeof deliveryQuerySchema>;

export const eventSchema = z
  .object({
    id: z.string().meta({ example: 'evt_0199c0de00007000800000000000beef' }),
    type: z.string(),
    entity: z.string(),
    timestamp: z.string().nullable().meta({ description: 'Time that the producer gave' }),
    acceptedAt: z.string(),
    idempotencyKey: z.string().nullable(),
    source: z.string(),
    status: z.enum(['accepted', 'admitted']),
  })
  .meta({ id: 'Event' });
export type Event = z.output<typeof eventSchema>;

const attemptSchema = z
  .object({
    number: z.int(),
    startedAt: z.string(),
    durationMs: z.int(),
    statusCode: z.int().nullable(),
    error: z.string().nullable(),
    responseBody: z.string().nullable().meta({ description: 'First 16 KiB of the body' }),
  })
  .meta({ id: 'Attempt' });

export const deliverySchema = z
  .object({
    id: z.string().meta({ example: 'dlv_0199c0de00007000800000000000beef000000010000' }),
    event: z.string(),
    type: z.string(),
    entity: z.string(),
    endpoint: z.string(),
    sequence: z.int().nullable().meta({ description: 'Null if the endpoint has the ordering "none"' }),
    status: z.enum(['pending', 'delivered', 'dead', 'discarded']),
    nextAttemptAt: z.string().nullable(),
    deadReason: z.string().nullable(),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
    attempts: z.array(attemptSchema),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.output<typeof deliverySchema>;

export const eventDetailSchema = eventSchema
  .extend({
    contentType: z.string(),
    payload: z.unknown().meta({ description: 'The accepted body: JSON byte for byte, other text as a string, anything else in base64' }),
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: 'EventDetail' });
