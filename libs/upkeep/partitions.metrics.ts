import { Counter } from 'prom-client';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const partitionFailures = new Counter({
  name: 'lockstep_partition_failures_total',
  help: 'Failed attempts to make the partitions of the next days, which are retried each minute',
});

export const partitionsAhead = new ObservedGauge({
  name: 'lockstep_partitions_ahead_seconds',
  help: 'Time until events are refused for lack of a partition of their day; NaN while unknown',
});
