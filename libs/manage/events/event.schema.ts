import { z } from 'zod';
import { EVENT_TYPE, LONGEST_EVENT_TYPE } from '#domain/event-type';
import { CursorFormat, UINT31, UINT16, UUID } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { deliveryIdSchema, idSchema } from '#ground/http/public-id';
import { textSchema } from '#ground/http/text-schema';

/** An RFC 3339 moment in a query or a body. */
export const moment = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 date and time such as 2026-01-31T12:00:00Z' }).transform((text) => new Date(text));

/** The bounds of a list by time of acceptance. */
export const acceptedRange = {
  from: moment.optional().meta({ description: 'The event was accepted at this moment or later' }),
  to: moment.optional().meta({ description: 'The event was accepted before this moment' }),
};

/** An event's entity, as ingest takes it. */
export const entity = textSchema({ min: 1, max: 255, controls: false }).meta({ example: 'order-17' });

/** An event's type, those of operational events included. */
export const eventType = z.string().max(LONGEST_EVENT_TYPE).regex(EVENT_TYPE, 'must be a type such as order.created').meta({ example: 'order.created' });

export const eventCursor = new CursorFormat(UUID);

export const eventQuerySchema = z.strictObject({
  entity: entity.optional(),
  type: eventType.optional(),
  source: textSchema({ min: 1, max: 128, controls: false }).optional().meta({ description: 'The name that the source had when it got the event; `api` for posted ones', example: 'stripe' }),
  status: z.enum(['accepted', 'admitted']).optional(),
  ...acceptedRange,
  ...pageQuery(eventCursor),
});
export type EventQuery = z.output<typeof eventQuerySchema>;

/** Event, endpoint and replay. */
export const deliveryCursor = new CursorFormat(UUID, UINT31, UINT16);

export const deliveryQuerySchema = z.strictObject({
  endpoint: idSchema('ep').optional(),
  entity: entity.optional(),
  status: z.enum(['pending', 'delivered', 'dead', 'discarded']).optional(),
  ...acceptedRange,
  ...pageQuery(deliveryCursor),
});
export type DeliveryQuery = z.output<typeof deliveryQuerySchema>;

/** Replay and endpoint. */
export const eventDeliveryCursor = new CursorFormat(UINT16, UINT31);

export const eventDeliveryQuerySchema = z.strictObject(pageQuery(eventDeliveryCursor));
export type EventDeliveryQuery = z.output<typeof eventDeliveryQuerySchema>;

/** The attempt's number. */
export const attemptCursor = new CursorFormat(UINT31);

export const attemptQuerySchema = z.strictObject(pageQuery(attemptCursor));
export type AttemptQuery = z.output<typeof attemptQuerySchema>;

export const eventSchema = z
  .object({
    id: idSchema('evt'),
    type: eventType,
    entity,
    timestamp: z.iso.datetime().nullable().meta({ description: 'Time that the producer gave' }),
    acceptedAt: z.iso.datetime(),
    idempotencyKey: z.string().min(1).max(255).nullable(),
    source: z.string().meta({ description: 'The name of the source; `api` for posts, `lockstep` for operational events', example: 'api' }),
    status: z.enum(['accepted', 'admitted']),
  })
  .meta({ id: 'Event' });
export type Event = z.output<typeof eventSchema>;

const attemptSummarySchema = z
  .object({
    number: z.int().min(1),
    startedAt: z.iso.datetime(),
    durationMs: z.int().min(0),
    statusCode: z.int().min(100).max(999).nullable().meta({ description: 'Null if no response came; `error` says why' }),
    error: z.string().max(500).nullable(),
  })
  .meta({ id: 'AttemptSummary' });
export type AttemptSummary = z.output<typeof attemptSummarySchema>;

export const attemptSchema = attemptSummarySchema
  .extend({
    responseBody: z.string().nullable().meta({ description: 'First 16 KiB of the body' }),
    responseBodyOmitted: z.literal(true).optional().meta({
      description: 'The response had a body, which is left out because the bodies of one answer have at most 1 MiB. `GET /v1/deliveries/{id}/attempts` has it',
    }),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.output<typeof attemptSchema>;

const delivery = {
  id: deliveryIdSchema,
  event: idSchema('evt'),
  type: eventType,
  entity,
  endpoint: idSchema('ep'),
  sequence: z.int().min(1).nullable().meta({ description: 'Null if the endpoint has the ordering "none"' }),
  status: z.enum(['pending', 'delivered', 'dead', 'discarded']),
  nextAttemptAt: z.iso.datetime().nullable(),
  deadReason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
};

/** A delivery in a list. */
export const deliverySummarySchema = z
  .object({
    ...delivery,
    attemptCount: z.int().min(0),
    lastAttempt: attemptSummarySchema.nullable().meta({ description: 'Null before the first one' }),
  })
  .meta({ id: 'DeliverySummary' });
export type DeliverySummary = z.output<typeof deliverySummarySchema>;

export const deliverySchema = z
  .object({
    ...delivery,
    attempts: z.array(attemptSchema).max(50).meta({ description: 'The newest 50, in order' }),
    attemptsCursor: z.string().regex(attemptCursor.pattern).optional().meta({
      description: 'There are older attempts: `GET /v1/deliveries/{id}/attempts` lists them with this `cursor`',
    }),
  })
  .meta({ id: 'Delivery' });
export type Delivery = z.output<typeof deliverySchema>;

export const eventDetailSchema = eventSchema
  .extend({
    acceptedBy: z.string().nullable().meta({ description: 'Who posted it: `admin`, an API key or a source, `system` for operational events; null for events of releases before 0012' }),
    destination: idSchema('ep').nullable().meta({ description: 'The endpoint that the event names, which alone gets it; null for an event that is routed by its type' }),
    contentType: z.string(),
    attributes: z.record(z.string(), z.string()).meta({ description: 'Headers that are delivered with it, and the attributes of a CloudEvent in its JSON format in the same form', example: { 'ce-id': '17' } }),
    payload: z.unknown().meta({ description: 'The accepted body: JSON byte for byte, other text as a string, anything else in base64. CloudEvents in binary mode may have any type' }),
    deliveries: z.array(deliverySchema).max(100).meta({ description: 'The first 100, in the order of routing, then replays' }),
    deliveriesCursor: z.string().regex(eventDeliveryCursor.pattern).optional().meta({
      description: 'There are more deliveries: `GET /v1/events/{id}/deliveries` lists them with this `cursor`',
    }),
  })
  .meta({ id: 'EventDetail' });
