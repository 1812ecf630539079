import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Documented } from '#ground/http/openapi';

const accepted = z
  .object({
    id: z.string().meta({ example: 'evt_0199c0de00007000800000000000beef' }),
    type: z.string(),
    entity: z.string(),
    status: z.literal('accepted'),
    acceptedAt: z.iso.datetime(),
  })
  .meta({ id: 'AcceptedEvent' });

/** The route in the OpenAPI document. `parseEventRequest` does the checking. */
export function DocumentAcceptEvent(): MethodDecorator {
  return applyDecorators(
    ApiTags('events'),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A quoted string, or a token of up to 255 printable characters; wins over `idempotencyKey`' }),
    ApiHeader({ name: 'Lockstep-Tenant', required: false, description: 'The tenant to act on; `default` when left out' }),
    ApiBody({
      description: 'Delivered to the endpoints byte for byte; may have further members',
      schema: {
        type: 'object',
        required: ['type', 'entity', 'data'],
        additionalProperties: true,
        properties: {
          type: { type: 'string', maxLength: 128, example: 'order.created' },
          entity: { type: 'string', minLength: 1, maxLength: 255, example: 'order-17', description: 'Events of one entity are delivered in the order of acceptance' },
          data: { description: 'Anything', example: { amount: 1299 } },
          timestamp: { type: 'string', format: 'date-time' },
          idempotencyKey: { type: 'string', minLength: 1, maxLength: 255 },
        },
      },
    }),
    Documented({
      summary: 'Accept an event',
      description: 'Answered when the event is on disk. The same key with the same body gets the same answer again, with `Idempotent-Replayed: true`.',
      status: 202,
      answer: 'The event is stored and will be delivered',
      schema: accepted,
      problems: ['invalid_request', 'invalid_idempotency_key', 'payload_too_large', 'unsupported_media_type', 'idempotency_key_reused', 'overloaded'],
    }),
  );
}
