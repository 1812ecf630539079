import { Gauge } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const leaseChanges = closedCounter({
  name: 'lockstep_lease_changes_total',
  help: 'Changes of shard leases in this process: acquired, released, lost (to another owner), suspended (not renewed in time)',
  labels: { change: ['acquired', 'released', 'lost', 'suspended'] },
});

export const ownedShards = new Gauge({
  name: 'lockstep_owned_shards',
  help: 'Shards that this process owns. The sum over all dispatchers is KAFKA_PARTITIONS, unless a shard has no owner',
});
