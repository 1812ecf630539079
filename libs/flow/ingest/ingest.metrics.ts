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

export const batchItems = new Histogram({
  name: 'lockstep_batch_items',
  help: 'Items of a batch request that were read',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
});

export const batchItemsRejected = new Counter({
  name: 'lockstep_batch_items_rejected_total',
  help: 'Items of batch requests whose result is an error, by problem code',
  labelNames: ['code'],
});

export const batchItemsWaiting = new Gauge({
  name: 'lockstep_batch_items_waiting',
  help: 'Items of batch requests that waited for their commit at the end of the last one',
});

export const batchBytesWaiting = new Gauge({
  name: 'lockstep_batch_bytes_waiting',
  help: 'Bytes of these items',
});
