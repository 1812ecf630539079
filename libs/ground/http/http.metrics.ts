import { Counter, Histogram } from 'prom-client';
import { ERROR_CODES } from '#domain/problem';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

export const requestsRejected = closedCounter({
  name: 'lockstep_requests_rejected_total',
  help: 'Requests answered with an error, by problem code; those that are shed included',
  labels: { code: ERROR_CODES },
});

export const requestsShed = new Counter({
  name: 'lockstep_requests_shed_total',
  help: 'Requests answered with 503 before they were read, because too many were waiting. The duration of requests does not include them',
});

export const rejectionsNotCounted = new Counter({
  name: 'lockstep_rejections_not_counted_total',
  help: 'Refused events and duplicates that are missing from GET /v1/rejections, because too many entries were waiting to be stored',
});

/** `route` is the template (`/v1/events/:id`), which keeps the number of labels small. */
export const requestDuration = new Histogram({
  name: 'lockstep_http_request_duration_seconds',
  help: 'Duration of requests by method, route template and status, without those that are shed. Failures (500, 503) of routes that bring events start at 0',
  labelNames: ['method', 'route', 'status'],
  buckets: LATENCY_BUCKETS_SECONDS,
});

/** The statuses of failures on our side, on routes that bring events. */
const FAILURES = [500, 503];

/**
 * The series of a route's failures exist from the start. Prometheus sees no increase in one that begins with 400 failures, and
 * they would not count against the error budget.
 */
export function startFailures(method: string | readonly string[], route: string): void {
  for (const each of [method].flat()) {
    for (const status of FAILURES) requestDuration.zero({ method: each, route, status });
  }
}
