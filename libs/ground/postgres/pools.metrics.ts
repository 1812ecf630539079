import { ObservedGauge } from '#ground/telemetry/observed-gauge';

export const poolConnections = new ObservedGauge({
  name: 'lockstep_postgres_pool_connections',
  help: "Open connections of this process to Postgres, by pool and state: busy with a statement, or idle",
  labelNames: ['pool', 'state'],
});

export const poolMaxConnections = new ObservedGauge({
  name: 'lockstep_postgres_pool_max_connections',
  help: 'Maximum number of connections that a pool opens',
  labelNames: ['pool'],
});

export const poolWaiting = new ObservedGauge({
  name: 'lockstep_postgres_pool_waiting',
  help: 'Statements that wait for a connection of a pool',
  labelNames: ['pool'],
});
