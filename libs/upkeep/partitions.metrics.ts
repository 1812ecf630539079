import { Counter, Gauge } from 'prom-client';

export const partitionFailures = new Counter({
  name: 'lockstep_partition_failures_total',
  help: 'Failed attempts to make the partitions of the next days',
});

let ahead: () => number | undefined = () => undefined;

/** Sets the gauge's source; a later call replaces it. @param aheadSeconds undefined while unknown */
export function observePartitions(aheadSeconds: () => number | undefined): void {
  ahead = aheadSeconds;
}

new Gauge({
  name: 'lockstep_partitions_ahead_seconds',
  help: 'Time until events are refused for lack of a partition; NaN while unknown',
  collect() {
    this.set(ahead() ?? NaN);
  },
});
