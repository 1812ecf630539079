import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { type IdempotentOptions, IDEMPOTENT, TRANSACTIONS } from './idempotent-options.js';

/**
 * Carries out one of all requests to this handler with the same `Idempotency-Key` (or `X-Idempotency-Key`). Repeats get
 * the same answer, with `Idempotent-Replayed: true`. Answers of 5xx, 408, 425 and 429 are not kept: the client may retry.
 *
 * The handler returns a value, not a stream. By default the outcome is unknown when the process dies in the handler (409
 * `request_indeterminate`). With `transaction`, the handler works in a transaction that it gets by
 * `@IdempotentTransaction()`. Its rows and its answer are committed together, so the outcome is always known.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(SetMetadata(IDEMPOTENT, options), UseInterceptors(IdempotencyInterceptor));
}

/** The connection of a handler with `transaction: true`. The handler neither commits nor releases it. */
export const IdempotentTransaction = createParamDecorator((_data: unknown, context: ExecutionContext): pg.ClientBase => {
  const client = TRANSACTIONS.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (client === undefined) throw new Error('The handler has no transaction: decorate it with @Idempotent({ transaction: true })');
  return client;
});
