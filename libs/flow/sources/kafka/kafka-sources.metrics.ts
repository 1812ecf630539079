import { Gauge } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

/** What becomes of a record. */
export const RECORD_OUTCOMES = ['accepted', 'duplicate', 'parked', 'skipped'] as const;

export const sourceRecords = closedCounter({
  name: 'lockstep_source_records_total',
  help: 'Records of Kafka sources, by outcome: accepted, duplicate (known key), parked (kept for an operator), skipped (cannot be an event)',
  labels: { outcome: RECORD_OUTCOMES },
});

export const sourceGaps = closedCounter({
  name: 'lockstep_source_gaps_total',
  help: 'Times that a topic had lost records that its source had not read, by reason',
  labels: { reason: ['retention', 'log_lost'] },
});

export const sourceLag = new Gauge({
  name: 'lockstep_source_lag_records',
  help: 'Records of a partition that its source has not stored yet, at the gateway that reads it',
  labelNames: ['source', 'partition'] as const,
});

export const sourcePartitionsHalted = new Gauge({
  name: 'lockstep_source_partitions_halted',
  help: 'Partitions of Kafka sources that have stopped at a record that cannot be an event, at the gateway that reads them',
});

export const sourcesFailing = new Gauge({
  name: 'lockstep_sources_failing',
  help: 'Kafka sources that this gateway cannot read now',
});
