import { Gauge } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';

export const breakersByState = new Gauge({
  name: 'lockstep_breakers',
  help: 'Circuit breakers of endpoints that are open or half-open. Each dispatcher knows all of them: take the maximum, not the sum',
  labelNames: ['state'] as const,
});

export const breakerChanges = closedCounter({
  name: 'lockstep_breaker_changes_total',
  help: 'Changes of circuit breakers that this process made, by the new state',
  labels: { state: ['open', 'half-open', 'closed'] },
});
