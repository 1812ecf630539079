import { Counter, Gauge } from 'prom-client';

export const breakersByState = new Gauge({
  name: 'lockstep_breakers',
  help: 'Circuit breakers of endpoints that are not closed, by state. Each dispatcher knows all of them',
  labelNames: ['state'] as const,
});

export const breakerChanges = new Counter({
  name: 'lockstep_breaker_changes_total',
  help: 'Changes of circuit breakers that this process made, by the new state',
  labelNames: ['state'] as const,
});
