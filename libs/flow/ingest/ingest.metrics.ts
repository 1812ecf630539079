import { Counter, Gauge, Histogram } from 'prom-client';

export const eventsAccepted = new Counter({
  name: 'lockstep_events_accepted_total',
  help: 'Events committed and answered with 202 for the first time',
});

export const eventsDeduplicated = new Counter({
  name: 'lockstep_events_deduplicated_total',
  help: 'Requests answered with the result of an earlier one with the same idempotency key and body',
});

export const ingestBatchSize = new Histogram({
  name: 'lockstep_ingest_batch_size',
  help: 'Events per commit',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
});

export const ingestQueueRequests = new Gauge({
  name: 'lockstep_ingest_queue_requests',
  help: 'Requests that waited for their commit at the end of the last one',
});

export const ingestQueueLimit = new Gauge({
  name: 'lockstep_ingest_queue_limit',
  help: 'Requests that may wait before new ones are shed, burst excluded',
});

export const ingestQueueBytes = new Gauge({
  name: 'lockstep_ingest_queue_bytes',
  help: 'Bytes of the events that waited for their commit at the end of the last one',
});
