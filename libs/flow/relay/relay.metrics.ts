import { Counter, Gauge, Histogram } from 'prom-client';
import { OutboxGauges } from './outbox-gauges.js';

export const relayBatchSize = new Histogram({
  name: 'lockstep_relay_batch_size',
  help: 'Records in one send to Kafka',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048],
});

/** `topic` is the full name; there are as many as the retry schedule has tiers, and three more. */
export const relayed = new Counter({ name: 'lockstep_relayed_total', help: 'Records that Kafka acknowledged', labelNames: ['topic'] });

export const relayErrors = new Counter({
  name: 'lockstep_relay_errors_total',
  help: 'What failed and is tried again: a `round` (Kafka or Postgres away), a shard\'s `send`; `refused`: Kafka will not take a record at all',
  labelNames: ['step'],
});

export const orphanedTokens = new Counter({
  name: 'lockstep_orphaned_retry_tokens_total',
  help: 'Retry tokens for a rung that the schedule no longer has; removed unsent',
  labelNames: ['topic'],
});

export const relayShards = new Gauge({ name: 'lockstep_relay_shards', help: 'Shards that this process relays events of' });

/** Of a gateway: what ingest has written. */
export const outboxGauges = new OutboxGauges('lockstep_outbox', 'Accepted events');

/** Of a dispatcher: what outcomes and operators' actions have written for the shards of the process. */
export const dispatchOutboxGauges = new OutboxGauges('lockstep_dispatch_outbox', 'Retry tokens, dead letters and nudges of the shards of this process');
