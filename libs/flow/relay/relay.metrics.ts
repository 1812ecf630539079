import { Counter, Gauge, Histogram } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';
import { OutboxGauges } from './outbox-gauges.js';

export const relayBatchRecords = new Histogram({
  name: 'lockstep_relay_batch_records',
  help: 'Records in one send to Kafka',
  buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048],
});

/** `topic` is the full name. There are three topics, and one per retry tier. */
export const relayedRecords = new Counter({
  name: 'lockstep_relayed_records_total',
  help: 'Records that a process sent from its outbox to Kafka, and that Kafka acknowledged, by topic',
  labelNames: ['topic'],
});

export const relaySendSeconds = new Histogram({
  name: 'lockstep_relay_send_duration_seconds',
  help: 'Time from sending records to Kafka to its acknowledgement by all in-sync replicas',
  buckets: LATENCY_BUCKETS_SECONDS,
});

export const relayErrors = closedCounter({
  name: 'lockstep_relay_errors_total',
  help: 'Failures that the relay retries: round (Kafka or Postgres is away), send (Kafka refused records of a shard), refused (a record is too large for its topic)',
  labels: { step: ['round', 'send', 'refused'] },
});

export const orphanedTokens = new Counter({
  name: 'lockstep_orphaned_retry_tokens_total',
  help: 'Retry tokens that were removed unsent because the retry schedule no longer has their tier. Their deliveries start in time all the same',
  labelNames: ['topic'],
});

export const relayShards = new Gauge({ name: 'lockstep_relay_shards', help: 'Shards whose accepted events this process sends to Kafka' });

export const shards = new ObservedGauge({ name: 'lockstep_shards', help: 'Shards that need an owner: KAFKA_PARTITIONS. Every gateway reports it' });

/** In a gateway: the outbox of ingest. */
export const outboxGauges = new OutboxGauges('lockstep_outbox', 'Accepted events');

/** In a dispatcher: the dispatch outbox of its shards. */
export const dispatchOutboxGauges = new OutboxGauges('lockstep_dispatch_outbox', 'Retry tokens, dead letters and nudges of the shards of this process');
