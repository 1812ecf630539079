import { Counter, Histogram } from 'prom-client';
import { conflictsOf } from '#ground/postgres/conflicts.metrics';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { STATEMENT_BUCKETS_SECONDS } from '#ground/telemetry/metrics';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const eventsAdmitted = new Counter({
  name: 'lockstep_events_admitted_total',
  help: 'Accepted events that were read from Kafka and given their deliveries, each once',
});

export const deliveriesFiltered = new Counter({
  name: 'lockstep_deliveries_filtered_total',
  help: "Deliveries that were not made because the event does not match the endpoint's filter",
});

export const duplicateAdmissions = new Counter({
  name: 'lockstep_duplicate_admissions_total',
  help: 'Records of events that were admitted before: delivered again by Kafka, or sent twice by a relay. Harmless',
});

export const foreignRecords = closedCounter({
  name: 'lockstep_foreign_records_total',
  help: 'Records on the events topic that Lockstep did not write there, by reason. They are parked on the dlq topic, unless retired: those are older than LOCKSTEP_RETENTION',
  labels: { reason: ['no_event_id', 'unknown_event', 'wrong_shard', 'inadmissible', 'retired'] },
});

export const admissionBatchEvents = new Histogram({
  name: 'lockstep_admission_batch_events',
  help: 'Events in one admission statement',
  buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
});

export const repairedEvents = new Counter({
  name: 'lockstep_repaired_events_total',
  help: 'Events admitted straight from Postgres because the log in Kafka had lost them or passed over them',
});

export const shardLag = new ObservedGauge({
  name: 'lockstep_shard_lag_records',
  help: "Records of a partition of the events topic that its owner has not admitted; where it ends is looked up every 10 s, and with each fetch. A shard is the partition's number",
  labelNames: ['shard'],
});

export const shardNextOffset = new ObservedGauge({
  name: 'lockstep_shard_next_offset',
  help: "Offset of the next record of a partition of the events topic that its owner will admit. A shard is the partition's number",
  labelNames: ['shard'],
});

export const shardRepairing = new ObservedGauge({
  name: 'lockstep_shard_repairing',
  help: 'Whether events that a partition of the events topic has lost are being admitted from Postgres, before it is read on: 1 or 0',
  labelNames: ['shard'],
});

export const admissionConflicts = conflictsOf('admission');

export const admissionSeconds = new Histogram({
  name: 'lockstep_admission_duration_seconds',
  help: 'Duration of one admission statement',
  buckets: STATEMENT_BUCKETS_SECONDS,
});
