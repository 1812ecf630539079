import { Counter, Gauge } from 'prom-client';

export const leaseChanges = new Counter({
  name: 'lockstep_lease_changes_total',
  help: 'Changes of shard leases in this process: claimed (acquired), released, lost (to another owner), doubted (suspended: the own deadline has passed)',
  labelNames: ['change'] as const,
});

export const ownedShards = new Gauge({
  name: 'lockstep_owned_shards',
  help: 'Shards that this process owns',
});
