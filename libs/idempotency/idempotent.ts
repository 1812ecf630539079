import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { type IdempotentOptions, IDEMPOTENT, TRANSACTIONS } from './idempotent-options.js';

/**
 * Requests to this handler that carry one `Idempotency-Key` (or `X-Idempotency-Key`) are carried out once; the others get the same answer, with
 * `Idempotent-Replayed: true`. An answer of 5xx, 408, 425 or 429 is none: the same request may be tried again.
 *
 * The handler answers with a value, not with a stream. By default nobody knows what became of a handler whose process
 * died (409 `request_indeterminate`); with `transaction` it works in a transaction of the interceptor's, which it gets by
 * `@IdempotentTransaction()`: its rows and its answer are committed together, and such a state does not exist.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(SetMetadata(IDEMPOTENT, options), UseInterceptors(IdempotencyInterceptor));
}

/** The connection in whose transaction a handler with `transaction: true` works; it neither commits nor releases it. */
export const IdempotentTransaction = createParamDecorator((_data: unknown, context: ExecutionContext): pg.ClientBase => {
  const client = TRANSACTIONS.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (client === undefined) throw new Error('The handler has no transaction: decorate it with @Idempotent({ transaction: true }), and it has one for requests with a key');
  return client;
});
