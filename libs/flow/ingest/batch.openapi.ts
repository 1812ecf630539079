import { applyDecorators } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Documented } from '#ground/http/openapi';
import { RATE_LIMIT_HEADERS } from '#ground/http/openapi-document';
import { MAX_BATCH_ITEMS } from './batch-acceptor.js';
import { BATCH_ANSWER } from './batch-answer.openapi.js';
import { EVENT_SCHEMA } from './ingest.openapi.js';

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
      schema: BATCH_ANSWER,
      headers: RATE_LIMIT_HEADERS,
      problems: ['invalid_idempotency_key', 'rate_limited', 'overloaded'],
    }),
  );
}
