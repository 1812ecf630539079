import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Documented } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';

const accepted = z
  .object({
    id: idSchema('evt'),
    type: z.string().max(128),
    entity: z.string(),
    status: z.literal('accepted'),
    acceptedAt: z.iso.datetime(),
  })
  .meta({ id: 'AcceptedEvent' });

/** The route in the OpenAPI document. `parseEventRequest` does the checking. */
export function DocumentAcceptEvent(): MethodDecorator {
  return applyDecorators(
    ApiTags('events'),
    ApiHeader({
      name: 'Idempotency-Key', required: false, description: 'A quoted string, or a token of up to 255 printable characters; wins over `idempotencyKey`',
      schema: { type: 'string', pattern: '^(?:"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\]){1,255}"|[\\x21\\x23-\\x2b\\x2d-\\x7e]{1,255})$' },
    }),
    ApiBody({
      description: 'Delivered to the endpoints byte for byte; may have further members',
      schema: {
        type: 'object',
        required: ['type', 'entity', 'data'],
        additionalProperties: true,
        properties: {
          type: { type: 'string', maxLength: 128, pattern: '^[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*$', example: 'order.created' },
          entity: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$', example: 'order-17', description: 'Events of one entity are delivered in the order of acceptance' },
          data: { description: 'Anything', example: { amount: 1299 } },
          timestamp: { type: 'string', format: 'date-time', nullable: true },
          idempotencyKey: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$', nullable: true },
        },
      },
    }),
    Documented({
      summary: 'Accept an event',
      description: 'Answered when the event is on disk. The same key with the same body gets the same answer again, with `Idempotent-Replayed: true`.',
      status: 202,
      answer: 'The event is stored and will be delivered',
      schema: accepted,
      headers: { 'Idempotent-Replayed': '`true` if the key was used before, with the same body' },
      problems: ['unknown_event_type', 'schema_mismatch', 'invalid_idempotency_key', 'idempotency_key_reused', 'overloaded'],
    }),
  );
}
