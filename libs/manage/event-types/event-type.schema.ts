import { z } from 'zod';
import { LONGEST_EVENT_TYPE, PRODUCED_EVENT_TYPE } from '#domain/event-type';
import { CursorFormat, UINT31 } from '#ground/http/cursor';
import { pageQuery } from '#ground/http/pagination';
import { textSchema } from '#ground/http/text-schema';

/** Of the schema as JSON without spaces. */
const SCHEMA_BYTES = 65_536;

const example = { type: 'object', required: ['data'], properties: { data: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer', minimum: 0 } } } } };

const schema = z
  .record(z.string(), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= SCHEMA_BYTES, `must be at most ${SCHEMA_BYTES} bytes of JSON`)
  .meta({ description: `A schema of JSON Schema 2020-12 for the whole body of an event, of at most ${SCHEMA_BYTES} bytes`, example });

export const eventTypeNameSchema = z.string().max(LONGEST_EVENT_TYPE).regex(PRODUCED_EVENT_TYPE, 'must be a name such as order.created, not beginning with lockstep.').meta({ example: 'order.created' });

export const newEventTypeSchema = z
  .strictObject({
    description: textSchema({ max: 1_024 }).default('').meta({ example: 'An order was placed' }),
    schema: schema.nullable().default(null),
    enforce: z.enum(['reject', 'off']).default('reject').meta({ description: '`reject`: an event that does not fit the schema is refused; `off`: it is accepted' }),
    deprecated: z.boolean().default(false).meta({ description: 'Shown only: its events are accepted' }),
  })
  .meta({ id: 'NewEventType' });
export type NewEventType = z.output<typeof newEventTypeSchema>;

/** The event type's narrow key. */
export const eventTypeCursor = new CursorFormat(UINT31);

export const eventTypeQuerySchema = z.strictObject(pageQuery(eventTypeCursor));
export type EventTypeQuery = z.output<typeof eventTypeQuerySchema>;

/** The resource in the API. */
export const eventTypeSchema = z
  .object({
    name: eventTypeNameSchema,
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).nullable().meta({ example }),
    enforce: z.enum(['reject', 'off']),
    deprecated: z.boolean(),
    version: z.int().min(1).meta({ description: 'Counts the changes' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'EventType' });
export type EventType = z.output<typeof eventTypeSchema>;
