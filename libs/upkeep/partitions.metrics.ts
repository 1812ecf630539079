import { Counter, Gauge } from 'prom-client';

export const partitionFailures = new Counter({
  name: 'lockstep_partition_failures_total',
  help: 'Times that the partitions of the coming days could not be made',
});

let ahead: () => number | undefined = () => undefined;

/** Says where the gauge looks; the last one holds. @param aheadSeconds undefined while it is not known */
export function observePartitions(aheadSeconds: () => number | undefined): void {
  ahead = aheadSeconds;
}

new Gauge({
  name: 'lockstep_partitions_ahead_seconds',
  help: 'Time until an event would find no partition and be refused; NaN while that is not known',
  collect() {
    this.set(ahead() ?? NaN);
  },
});
