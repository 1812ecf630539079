import { Counter, Gauge, Histogram } from 'prom-client';
import { OutboxGauges } from './outbox-gauges.js';

export const relayBatchSize = new Histogram({
  name: 'lockstep_relay_batch_size',
  help: 'Records per send to Kafka',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048],
});

/** `topic` is the full name. There are three topics, and one per retry tier. */
export const relayed = new Counter({ name: 'lockstep_relayed_total', help: 'Records that Kafka acknowledged', labelNames: ['topic'] });

export const relayErrors = new Counter({
  name: 'lockstep_relay_errors_total',
  help: 'Failures that the relay retries: `round` (Kafka or Postgres is away), `send` (Kafka refused records of a shard), `refused` (a record is too large for its topic)',
  labelNames: ['step'],
});

export const orphanedTokens = new Counter({
  name: 'lockstep_orphaned_retry_tokens_total',
  help: 'Retry tokens removed unsent, because the retry schedule no longer has their tier',
  labelNames: ['topic'],
});

export const relayShards = new Gauge({ name: 'lockstep_relay_shards', help: 'Shards whose events this process relays' });

/** In a gateway: the outbox of ingest. */
export const outboxGauges = new OutboxGauges('lockstep_outbox', 'Accepted events');

/** In a dispatcher: the dispatch outbox of its shards. */
export const dispatchOutboxGauges = new OutboxGauges('lockstep_dispatch_outbox', 'Retry tokens, dead letters and nudges of the shards of this process');
