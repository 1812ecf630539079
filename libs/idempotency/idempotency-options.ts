import type { FastifyRequest } from 'fastify';

/** The token of the options. */
export const IDEMPOTENCY_OPTIONS = Symbol('IDEMPOTENCY_OPTIONS');

/** How an app treats idempotent requests; a handler or route may set its own lease and retention. */
export interface IdempotencyOptions {
  /** How long a process may hold a key without renewing its claim. Then the outcome of the request is unknown. */
  readonly leaseMs: number;
  /** How long a key is remembered after its request ended. */
  readonly retentionMs: number;
  /** Whose request it is: the id of a tenant. Required where a handler has `@Idempotent`. */
  readonly tenantOf?: (request: FastifyRequest) => string;
  /** How long a client waits for its answer to be stored. The answer is stored later if Postgres is away. Default 2 s. */
  readonly storePatienceMs?: number;
}

export const DEFAULT_STORE_PATIENCE_MS = 2_000;
