import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { PRODUCED_EVENT_TYPE } from '#domain/event-type';
import { Documented, DocumentedAnswer, DocumentedForms } from '#ground/http/openapi';
import { RATE_LIMIT_HEADERS } from '#ground/http/openapi-document';
import { deliveryIdSchema, idSchema } from '#ground/http/public-id';
import { WITHOUT_CONTROLS } from '#ground/http/text-schema';
import { MAX_BATCH_ITEMS } from './batch-acceptor.js';
import { BATCH_ANSWER } from './batch-answer.openapi.js';
import { BATCH_TYPE, STRUCTURED_TYPE } from './cloud-event.js';

const TYPE_PATTERN = PRODUCED_EVENT_TYPE.source;

const answer = { id: idSchema('evt'), type: z.string().max(128), entity: z.string() };
const times = { acceptedAt: z.iso.datetime(), requeued: z.literal(true).optional().meta({ description: 'The event was accepted before, and its dead deliveries are delivered again' }) };

const awaitedDelivery = z.object({
  id: deliveryIdSchema,
  endpoint: idSchema('ep'),
  sequence: z.int().min(1).nullable(),
  status: z.enum(['pending', 'delivered', 'dead', 'discarded']),
  attemptCount: z.int().min(0),
  nextAttemptAt: z.iso.datetime().nullable(),
  deadReason: z.string().nullable(),
  finishedAt: z.iso.datetime().nullable(),
}).meta({ id: 'AwaitedDelivery' });

const deliveries = z.array(awaitedDelivery).max(100).meta({ description: 'The first 100, in the order of routing, then replays; `GET /v1/events/{id}/deliveries` lists all' });

const accepted = z
  .object({ ...answer, status: z.enum(['accepted', 'admitted']).meta({ description: '`admitted` only after a wait' }), ...times, deliveries: deliveries.optional().meta({ description: 'Only after a wait' }) })
  .meta({ id: 'AcceptedEvent' });

const settled = z.object({ ...answer, status: z.literal('admitted'), ...times, deliveries }).meta({ id: 'SettledEvent' });

/** CloudEvents JSON format 1.0, as far as Lockstep looks at it. */
const structured = {
  type: 'object',
  required: ['specversion', 'id', 'source', 'type'],
  additionalProperties: true,
  properties: {
    specversion: { type: 'string', enum: ['1.0'] },
    id: { type: 'string', minLength: 1 },
    source: { type: 'string', format: 'uri-reference', minLength: 1, description: 'With `id` the idempotency key, unless the header `Idempotency-Key` is sent' },
    type: { type: 'string', maxLength: 128, pattern: TYPE_PATTERN },
    subject: { type: 'string', minLength: 1, nullable: true, description: 'The entity, with its limits, unless there is a `partitionkey`' },
    partitionkey: { type: 'string', minLength: 1, maxLength: 255, pattern: WITHOUT_CONTROLS, nullable: true, description: 'The entity' },
    time: { type: 'string', format: 'date-time', nullable: true },
    data: { description: 'Anything' },
  },
  anyOf: [{ required: ['subject'] }, { required: ['partitionkey'] }],
};

const FORMS = {
  [STRUCTURED_TYPE]: {
    schema: structured,
    example: { specversion: '1.0', id: '1', source: '/orders', type: 'order.created', subject: 'order-17', datacontenttype: 'application/json', data: { amount: 1299 } },
  },
  [BATCH_TYPE]: {
    // Of any form, because each has a result of its own.
    schema: { type: 'array', maxItems: MAX_BATCH_ITEMS, items: { description: 'A CloudEvent, as in `application/cloudevents+json`' }, description: 'The answer has a result for each, as that of `POST /v1/events/batch`' },
    example: [{ specversion: '1.0', id: '1', source: '/orders', type: 'order.created', subject: 'order-17', data: { amount: 1299 } }],
  },
  '*/*': {
    schema: { type: 'string', format: 'binary', description: 'The data of a CloudEvent in binary mode, whose attributes are headers: `ce-specversion: 1.0`, `ce-id`, `ce-source`, `ce-type`, `ce-subject` or `ce-partitionkey`, and others' },
    example: 'amount=1299',
  },
};

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

/** An event in JSON. `parseEventRequest` does the checking. */
export const EVENT_SCHEMA: Schema = {
  type: 'object',
  required: ['type', 'entity', 'data'],
  additionalProperties: true,
  properties: {
    type: { type: 'string', maxLength: 128, pattern: TYPE_PATTERN, example: 'order.created' },
    entity: { type: 'string', minLength: 1, maxLength: 255, pattern: WITHOUT_CONTROLS, example: 'order-17', description: 'Events of one entity are delivered in the order of acceptance' },
    data: { description: 'Anything', example: { amount: 1299 } },
    timestamp: { type: 'string', format: 'date-time', nullable: true },
    idempotencyKey: { type: 'string', minLength: 1, maxLength: 255, pattern: WITHOUT_CONTROLS, nullable: true },
  },
};

/** The route in the OpenAPI document. `parseEventRequest` and `readCloudEvent` do the checking. */
export function DocumentAcceptEvent(): MethodDecorator {
  return applyDecorators(
    ApiTags('events'),
    ApiHeader({
      name: 'Idempotency-Key', required: false, description: 'A quoted string, or a token of up to 255 printable characters; wins over `idempotencyKey`, and over the `source` and `id` of a CloudEvent',
      schema: { type: 'string', pattern: '^(?:"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\]){1,255}"|[\\x21\\x23-\\x2b\\x2d-\\x7e]{1,255})$' },
    }),
    ApiHeader({ name: 'Prefer', required: false, description: '`wait=10`: answers when nothing of the event is to be delivered any more, or after 10 s. At most 30', schema: { type: 'string', example: 'wait=10' } }),
    ApiBody({
      description: 'Delivered to the endpoints byte for byte; may have further members',
      schema: EVENT_SCHEMA,
    }),
    DocumentedForms(FORMS),
    DocumentedAnswer({ status: 200, answer: 'The event, which was waited for, is settled: nothing of it is to be delivered any more', schema: settled, headers: { 'Preference-Applied': '`wait=10`' } }),
    Documented({
      summary: 'Accept an event',
      description: 'Answered when the event is on disk. The same key with the same body gets the same answer again, with `Idempotent-Replayed: true`, unless the API key says `duplicates: conflict`. Takes CloudEvents 1.0, too.',
      status: 202,
      answer: 'The event is stored and will be delivered; of several CloudEvents in one array, the results of all',
      schema: z.union([accepted, BATCH_ANSWER]),
      headers: { 'Idempotent-Replayed': '`true` if the key was used before, with the same body', 'Preference-Applied': '`wait=10` if that was waited for', ...RATE_LIMIT_HEADERS },
      problems: ['unknown_event_type', 'schema_mismatch', 'invalid_idempotency_key', 'conflict', 'idempotency_key_reused', 'rate_limited', 'overloaded'],
    }),
  );
}
