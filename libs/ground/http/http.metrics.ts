import { Counter, Histogram } from 'prom-client';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

export const requestsRejected = new Counter({
  name: 'lockstep_requests_rejected_total',
  help: 'Requests answered with an error, by problem code',
  labelNames: ['code'],
});

export const rejectionsNotCounted = new Counter({
  name: 'lockstep_rejections_not_counted_total',
  help: 'Refused events and duplicates that GET /v1/rejections lacks, because too many entries waited to be stored',
});

/** `route` is the template (`/v1/events/:id`), which keeps the number of labels small. */
export const requestDuration = new Histogram({
  name: 'lockstep_http_request_duration_seconds',
  help: 'Duration of requests, by route template',
  labelNames: ['method', 'route', 'status'],
  buckets: LATENCY_BUCKETS_SECONDS,
});
