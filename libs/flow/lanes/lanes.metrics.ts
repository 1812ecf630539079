import { Counter, Gauge, Histogram } from 'prom-client';
import { closedCounter } from '#ground/telemetry/closed-counter';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';
import { ObservedGauge } from '#ground/telemetry/observed-gauge';
import { OBJECTIVE_RESULTS } from './delivery-objective.js';

export const deliveriesTotal = closedCounter({
  name: 'lockstep_deliveries_total',
  help: 'Deliveries that ended, by outcome: delivered, dead (given up, replayable), discarded (by an operator or a deletion)',
  labels: { outcome: ['delivered', 'dead', 'discarded'] },
});

export const objectiveDeliveries = closedCounter({
  name: 'lockstep_objective_deliveries_total',
  help: 'Deliveries that ended, by how they count for the objective: in_time (delivered within a minute after the event was accepted), late, dead. Without replays, and without events from before their endpoint',
  labels: { result: OBJECTIVE_RESULTS },
});

export const deadLetters = closedCounter({
  name: 'lockstep_dead_letters_total',
  help: 'Deliveries that were given up, by reason: attempts_exhausted, or gone (the endpoint answered 410)',
  labels: { reason: ['attempts_exhausted', 'gone'] },
});

export const attemptsTotal = closedCounter({
  name: 'lockstep_attempts_total',
  help: 'HTTP requests to endpoints, by the class of the response; none: no complete response came',
  labels: { response: ['2xx', '3xx', '4xx', '5xx', 'none'] },
});

export const attemptSeconds = new Histogram({
  name: 'lockstep_attempt_duration_seconds',
  help: 'Duration of one HTTP exchange with an endpoint',
  buckets: LATENCY_BUCKETS_SECONDS,
});

export const acceptedToDeliveredSeconds = new Histogram({
  name: 'lockstep_accepted_to_delivered_seconds',
  help: "Time from minting an event's id at the gateway to the end of the exchange that delivered it, retries included. Without replays, and without events from before their endpoint",
  buckets: [...LATENCY_BUCKETS_SECONDS, 300, 1_800, 7_200, 36_000],
});

export const retriesTotal = new Counter({
  name: 'lockstep_retries_total',
  help: 'Attempts that will be repeated, by where they wait: the topic of a retry tier (without the prefix), or timer for delays below a second',
  labelNames: ['tier'] as const,
});

export const lanesByState = new Gauge({
  name: 'lockstep_lanes',
  help: 'Lanes (deliveries of one entity to one endpoint, in order) with pending deliveries in this process, by state: ready, sending, waiting (for a retry), limited (by a rate limit), blocked (endpoint not active), stale (a change of the endpoint is being read), stopped (paused or halted)',
  labelNames: ['state'] as const,
});

export const lanesRepaired = new Counter({
  name: 'lockstep_lanes_repaired_total',
  help: 'Lanes with pending deliveries that an audit of a shard found missing in memory; 0 unless there is a fault',
});

export const oldestPendingAge = new ObservedGauge({
  name: 'lockstep_oldest_pending_age_seconds',
  help: 'Age of the oldest event on the shards of this process that an endpoint has not received yet, also if the endpoint is paused or failing. 0: nothing is pending',
});
