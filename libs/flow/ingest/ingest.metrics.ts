import { Counter, Gauge, Histogram } from 'prom-client';
import { API_SOURCE, OPERATIONAL_SOURCE, WEBHOOK_PROVIDERS } from '#domain/source-provider';
import { ERROR_CODES } from '#domain/problem';
import { conflictsOf } from '#ground/postgres/conflicts.metrics';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { STATEMENT_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

/** Where an event comes from, and how: the labels of what is accepted. */
export interface IngestLabels {
  /** `api`, the provider of a source, `kafka`, or `lockstep` for operational events. */
  readonly source: string;
  /** `post`, `batch` (an item of one), `webhook`, `record` (of a topic), `notice` (an operational event). */
  readonly operation: string;
}

export const FROM_TOPICS: IngestLabels = { source: 'kafka', operation: 'record' };
const SERIES: readonly IngestLabels[] = [
  { source: API_SOURCE, operation: 'post' },
  { source: API_SOURCE, operation: 'batch' },
  ...WEBHOOK_PROVIDERS.map((source) => ({ source, operation: 'webhook' })),
  FROM_TOPICS,
];
export const OPERATIONAL: IngestLabels = { source: OPERATIONAL_SOURCE, operation: 'notice' };

export const eventsAccepted = new Counter({
  name: 'lockstep_events_accepted_total',
  help: 'Events that were committed, by source (api, kafka, lockstep, or the provider of a webhook) and operation (post, batch, webhook, record, notice)',
  labelNames: ['source', 'operation'],
});

export const eventsDeduplicated = new Counter({
  name: 'lockstep_events_deduplicated_total',
  help: 'Duplicates: events with a known idempotency key, which were answered with the first result. Source and operation as for accepted events',
  labelNames: ['source', 'operation'],
});

// A series that begins with 1 has no increase.
for (const counter of [eventsAccepted, eventsDeduplicated]) for (const { source, operation } of SERIES) counter.inc({ source, operation }, 0);
eventsAccepted.inc({ ...OPERATIONAL }, 0);

export const ingestConflicts = conflictsOf('accept');

export const ingestBatchEvents = new Histogram({
  name: 'lockstep_ingest_batch_events',
  help: 'Events in one commit',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
});

export const ingestCommitSeconds = new Histogram({
  name: 'lockstep_ingest_commit_duration_seconds',
  help: 'Duration of one commit of accepted events, idempotency check included',
  buckets: STATEMENT_BUCKETS_SECONDS,
});

export const ingestQueueRequests = new Gauge({
  name: 'lockstep_ingest_queue_requests',
  help: 'Requests that were waiting for their commit when the last one ended',
});

export const ingestQueueLimit = new Gauge({
  name: 'lockstep_ingest_queue_limit_requests',
  help: 'Requests that may wait before new ones are shed, burst excluded',
});

export const ingestQueueBytes = new Gauge({
  name: 'lockstep_ingest_queue_bytes',
  help: 'Bytes of the events that were waiting for their commit when the last one ended',
});

export const batchItems = new Histogram({
  name: 'lockstep_batch_items',
  help: 'Items of one batch request (POST /v1/events/batch) that were read',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
});

export const batchItemsRejected = closedCounter({
  name: 'lockstep_batch_items_rejected_total',
  help: 'Items of batch requests whose result is an error, by problem code',
  labels: { code: ERROR_CODES },
});

export const batchItemsWaiting = new Gauge({
  name: 'lockstep_batch_items_waiting',
  help: 'Items of batch requests that were waiting for their commit when the last one ended',
});

export const batchBytesWaiting = new Gauge({
  name: 'lockstep_batch_bytes_waiting',
  help: 'Bytes of the items of batch requests that were waiting for their commit when the last one ended',
});

interface Origin {
  readonly provider: string;
}

/** Counts what a commit did, once for each kind of event in it. */
export function countCommitted(submissions: readonly { readonly origin: Origin; readonly isItem: boolean }[], committed: readonly { readonly kind: string }[]): void {
  const counts = new Map<string, { readonly labels: IngestLabels; accepted: number; replayed: number }>();
  submissions.forEach(({ origin: { provider }, isItem }, i) => {
    const name = isItem ? 'batch' : provider;
    let count = counts.get(name);
    if (count === undefined) {
      count = { labels: labelsOf(provider, isItem), accepted: 0, replayed: 0 };
      counts.set(name, count);
    }
    const kind = committed[i]?.kind;
    if (kind === 'accepted') count.accepted++;
    else if (kind === 'replayed') count.replayed++;
  });
  for (const { labels, accepted, replayed } of counts.values()) {
    eventsAccepted.inc({ ...labels }, accepted);
    eventsDeduplicated.inc({ ...labels }, replayed);
  }
}

/** Counts a request that shares the result of one with the same key that waits for its commit. */
export function countRepeat({ provider }: Origin): void {
  eventsDeduplicated.inc({ ...labelsOf(provider, false) });
}

function labelsOf(provider: string, isItem: boolean): IngestLabels {
  if (provider !== API_SOURCE) return { source: provider, operation: 'webhook' };
  return { source: API_SOURCE, operation: isItem ? 'batch' : 'post' };
}
