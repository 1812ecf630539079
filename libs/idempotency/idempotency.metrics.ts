import { Counter, Gauge, Histogram } from 'prom-client';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

/**
 * `outcome`: `claimed` (a miss: carried out), `replay` (a hit), `in_flight` (a conflict), `mismatch`, `indeterminate`,
 * `response_not_kept`, `response_away` (Postgres is away) or `unprotected` (carried out without Postgres).
 */
export const idempotentRequests = new Counter({
  name: 'lockstep_idempotency_requests_total',
  help: 'Requests with an idempotency key, by outcome of the claim',
  labelNames: ['outcome'] as const,
});

export const takeovers = new Counter({
  name: 'lockstep_idempotency_takeovers_total',
  help: 'Requests carried out again after the lease of their last holder had expired',
});

export const superseded = new Counter({
  name: 'lockstep_idempotency_superseded_total',
  help: 'Responses that were not stored because a later claim holds the key',
});

/** `state`: completed, failed or indeterminate. */
export const settlements = new Counter({
  name: 'lockstep_idempotency_settled_total',
  help: 'Requests with an idempotency key that ended, by final state',
  labelNames: ['state'] as const,
});

/** `statement`: claim, settle, renew, read. */
export const storeDuration = new Histogram({
  name: 'lockstep_idempotency_store_duration_seconds',
  help: 'Duration of one statement of the idempotency store, which serves a batch',
  labelNames: ['statement'] as const,
  buckets: LATENCY_BUCKETS_SECONDS,
});

export const heldRequests = new Gauge({
  name: 'lockstep_idempotency_held_requests',
  help: 'Requests that this process is carrying out, or whose outcome it has not stored yet',
});

export const storedRequests = new Gauge({
  name: 'lockstep_idempotency_rows',
  help: 'Idempotent requests in the store, counted each minute; above 8 MiB estimated from a sample',
});

export const storedBytes = new Gauge({
  name: 'lockstep_idempotency_bytes',
  help: 'Bytes of idempotent requests in the store, indexes included',
});

export const expiredRequestsDeleted = new Counter({
  name: 'lockstep_idempotency_expired_deleted_total',
  help: 'Idempotent requests deleted after their retention',
});

export const cleanupFailures = new Counter({
  name: 'lockstep_idempotency_cleanup_failures_total',
  help: 'Runs of the cleanup that failed and are retried',
});
