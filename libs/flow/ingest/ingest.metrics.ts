import { Counter, Gauge, Histogram } from 'prom-client';

export const eventsAccepted = new Counter({
  name: 'lockstep_events_accepted_total',
  help: 'Events committed and answered with 202 for the first time',
});

export const eventsDeduplicated = new Counter({
  name: 'lockstep_events_deduplicated_total',
  help: 'Posts answered from an earlier one with the same idempotency key and body',
});

export const ingestBatchSize = new Histogram({
  name: 'lockstep_ingest_batch_size',
  help: 'Events in one commit',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
});

export const ingestQueueRequests = new Gauge({
  name: 'lockstep_ingest_queue_requests',
  help: 'Posts that waited for their commit at the end of the last one',
});

export const ingestQueueLimit = new Gauge({
  name: 'lockstep_ingest_queue_limit',
  help: 'Posts that may wait for their commit before more are refused, a burst aside; fewer in a crowd',
});

export const ingestQueueBytes = new Gauge({
  name: 'lockstep_ingest_queue_bytes',
  help: 'Bytes of the posts that waited for their commit at the end of the last one',
});
