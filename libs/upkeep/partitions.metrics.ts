import { Counter } from 'prom-client';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const partitionFailures = new Counter({
  name: 'lockstep_partition_failures_total',
  help: 'Failed attempts to create the partitions of the next days, which are retried every minute',
});

export const partitionsAhead = new ObservedGauge({
  name: 'lockstep_partitions_ahead_seconds',
  help: 'Time until events are refused because their day has no partition; NaN while unknown',
});
