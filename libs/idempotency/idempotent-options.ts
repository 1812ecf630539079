import type { FastifyRequest } from 'fastify';
import type pg from 'pg';

/** How a handler's idempotent requests are treated; what is left out is as the module says. */
export interface IdempotentOptions {
  /** Default true: a request without a key is refused. False, without a transaction: it is carried out as any other. */
  readonly keyRequired?: boolean;
  /** Work in a transaction that is committed together with the answer. */
  readonly transaction?: boolean;
  /** Without a transaction. `safe`: when a lease has run out, carry the request out again. Default `never`. */
  readonly takeover?: 'never' | 'safe';
  /** Without a transaction. Carry requests out unprotected while the store is away. Default false. */
  readonly failOpen?: boolean;
  readonly leaseMs?: number;
  readonly retentionMs?: number;
  /** Whose key it is: the same key of two of them is two keys. Default: the request's tenant and credentials (`Authorization`, `X-API-Key`). */
  readonly principal?: (request: FastifyRequest) => string;
}

export const IDEMPOTENT = Symbol('IDEMPOTENT');

/** Of the requests being carried out: the transaction that each works in. */
export const TRANSACTIONS = new WeakMap<FastifyRequest, pg.ClientBase>();
