import { Counter, Gauge, Histogram } from 'prom-client';
import { conflictsOf } from '#ground/postgres/conflicts.metrics';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';
import type { ClaimOutcome } from './claim.js';

type RequestOutcome = ClaimOutcome['kind'] | 'unprotected';

const OUTCOMES: readonly RequestOutcome[] = ['claimed', 'replay', 'in_flight', 'mismatch', 'indeterminate', 'response_not_kept', 'response_away', 'unprotected'];
const operations = new Set<string>();

export const idempotentRequests = new Counter({
  name: 'lockstep_idempotency_requests_total',
  help: 'Requests with an idempotency key, by operation (method and route) and outcome: claimed (carried out), replay (answered from the store), in_flight (a repeat while the first one runs), mismatch (key used with another request), indeterminate, response_not_kept, response_away (Postgres is away), unprotected (carried out without Postgres)',
  labelNames: ['operation', 'outcome'] as const,
});

/** @param operation method and route template, which are bounded */
export function countRequest(operation: string, outcome: RequestOutcome): void {
  if (!operations.has(operation)) {
    operations.add(operation);
    for (const other of OUTCOMES) idempotentRequests.inc({ operation, outcome: other }, 0);
  }
  idempotentRequests.inc({ operation, outcome });
}

/** As a request sees it: the time until its key is claimed, or found to be taken. */
export const checkSeconds = new Histogram({
  name: 'lockstep_idempotency_check_duration_seconds',
  help: 'Time that a request waits until its idempotency key is claimed or found, without the time that it waits for a request in progress',
  buckets: LATENCY_BUCKETS_SECONDS,
});

export const checkFailures = closedCounter({
  name: 'lockstep_idempotency_check_failures_total',
  help: 'Requests whose idempotency key could not be checked, by reason: store_unavailable (Postgres is away), overloaded, internal. They are refused, unless their route fails open',
  labels: { reason: ['store_unavailable', 'overloaded', 'internal'] },
});

export const takeovers = new Counter({
  name: 'lockstep_idempotency_takeovers_total',
  help: 'Requests carried out again after the lease of their last holder had expired',
});

export const superseded = new Counter({
  name: 'lockstep_idempotency_superseded_total',
  help: 'Responses that were not stored because a later claim holds the key',
});

export const settlements = closedCounter({
  name: 'lockstep_idempotency_settled_total',
  help: 'Requests with an idempotency key that ended, by final state: completed, failed (may be repeated), indeterminate (its effect is unknown)',
  labels: { state: ['completed', 'failed', 'indeterminate'] },
});

export type StoreStatement = 'claim' | 'settle' | 'renew' | 'read';

export const storeDuration = new Histogram({
  name: 'lockstep_idempotency_store_duration_seconds',
  help: 'Duration of one statement of the idempotency store, which serves a batch of requests: claim, settle, renew (leases), read (a large response)',
  labelNames: ['statement'] as const,
  buckets: LATENCY_BUCKETS_SECONDS,
});
for (const statement of ['claim', 'settle', 'renew', 'read'] satisfies StoreStatement[]) storeDuration.zero({ statement });

export const storeConflicts = conflictsOf('idempotency');

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
