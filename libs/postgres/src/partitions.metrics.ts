import { Counter, Gauge } from 'prom-client';
import type { PartitionKeeper } from './partitions.js';

export const partitionFailures = new Counter({
  name: 'lockstep_partition_failures_total',
  help: 'Times that the partitions of the coming days could not be made',
});

let keeper: PartitionKeeper | undefined;

/** Says whose partitions the gauge shows; the last one holds. */
export function observePartitions(partitions: PartitionKeeper): void {
  keeper = partitions;
}

new Gauge({
  name: 'lockstep_partitions_ahead_seconds',
  help: 'Time until an event would find no partition and be refused; NaN while that is not known',
  collect() {
    this.set(keeper?.aheadSeconds ?? NaN);
  },
});
