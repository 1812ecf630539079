import { applyDecorators } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { ERROR_CODES } from '#domain/problem';
import { Documented } from '#ground/http/openapi';
import { idSchema } from '#ground/http/public-id';
import { MAX_BATCH_ITEMS } from './batch-acceptor.js';
import { EVENT_SCHEMA } from './ingest.openapi.js';

const accepted = z.object({ status: z.literal(202), id: idSchema('evt'), replayed: z.boolean() });
const refused = z.object({
  status: z.int().min(400).max(599),
  code: z.enum(ERROR_CODES),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

const answer = z
  // The last one says why the rest was not read.
  .object({ results: z.array(z.union([accepted, refused])).max(MAX_BATCH_ITEMS + 1) })
  .meta({
    id: 'BatchResults',
    example: {
      results: [
        { status: 202, id: 'evt_0192f3c1a5b07d4e8f00c3a1b2d4e5f6', replayed: false },
        { status: 422, code: 'idempotency_key_reused', detail: 'This idempotency key was used with another body; use a new key for another event' },
      ],
    },
  });

const FIRST = { type: 'order.created', entity: 'order-17', data: { amount: 1299 }, idempotencyKey: 'order-17-created' };
const SECOND = { type: 'order.paid', entity: 'order-17', data: { amount: 1299 }, idempotencyKey: 'order-17-paid' };

/** The route in the OpenAPI document. */
export function DocumentAcceptBatch(): MethodDecorator {
  return applyDecorators(
    ApiTags('events'),
    Documented({
      summary: 'Accept up to 1,000 events',
      description:
        'Answered when every item is on disk or refused, with a result for each, in their order. Items of one entity keep their order. If the body cannot be read to its end, the last result says why; ' +
        'if no item was accepted by then, the answer is that error.',
      requestBody: {
        description: 'At most 5 MiB. Each item is delivered to the endpoints byte for byte',
        required: true,
        content: {
          'application/json': { schema: { type: 'array', maxItems: MAX_BATCH_ITEMS, items: EVENT_SCHEMA }, example: [FIRST, SECOND] },
          'application/x-ndjson': { schema: { type: 'string', description: 'One event in JSON on each line' }, example: `${JSON.stringify(FIRST)}\n${JSON.stringify(SECOND)}\n` },
        },
      },
      status: 202,
      answer: 'What became of each item. An item’s `status` is that of its own answer as a single post',
      schema: answer,
      problems: ['invalid_idempotency_key', 'overloaded'],
    }),
  );
}
