import type { FastifyRequest } from 'fastify';
import type pg from 'pg';

/** How a handler treats requests with a key. Defaults: the options of the module. */
export interface IdempotentOptions {
  /** Default true: a request without a key is refused. False works only without a transaction. */
  readonly keyRequired?: boolean;
  /** Run the handler in a transaction that also stores the key and the answer. */
  readonly transaction?: boolean;
  /** Without a transaction. `safe`: carry a request out again when its lease has expired. Default `never`. */
  readonly takeover?: 'never' | 'safe';
  /** Without a transaction. Carry requests out without protection while Postgres is away. Default false. */
  readonly failOpen?: boolean;
  readonly leaseMs?: number;
  readonly retentionMs?: number;
  /** Who owns the key: two principals never share one. Default: the request's tenant and credentials (`Authorization`, `X-API-Key`). */
  readonly principal?: (request: FastifyRequest) => string;
}

export const IDEMPOTENT = Symbol('IDEMPOTENT');

/** The transaction of each request in progress. */
export const TRANSACTIONS = new WeakMap<FastifyRequest, pg.ClientBase>();
