import { Counter, Gauge, Histogram } from 'prom-client';
import { LATENCY_BUCKETS_SECONDS } from '#ground/telemetry/metrics';

export const deliveriesTotal = new Counter({
  name: 'lockstep_deliveries_total',
  help: 'Deliveries by their terminal outcome',
  labelNames: ['outcome'] as const,
});

export const deadLetters = new Counter({
  name: 'lockstep_dead_letters_total',
  help: 'Deliveries that ended dead, by reason',
  labelNames: ['reason'] as const,
});

export const attemptsTotal = new Counter({
  name: 'lockstep_attempts_total',
  help: 'Attempts by response class: 2xx to 5xx, or none',
  labelNames: ['response'] as const,
});

export const attemptSeconds = new Histogram({
  name: 'lockstep_attempt_duration_seconds',
  help: 'Duration of an HTTP exchange with an endpoint',
  buckets: LATENCY_BUCKETS_SECONDS,
});

export const acceptedToDeliveredSeconds = new Histogram({
  name: 'lockstep_accepted_to_delivered_seconds',
  help: 'Time from minting an event\'s id at the gateway to the end of the exchange that delivered it',
  buckets: [...LATENCY_BUCKETS_SECONDS, 300, 1_800, 7_200, 36_000],
});

export const retriesTotal = new Counter({
  name: 'lockstep_retries_total',
  help: 'Retries by the retry tier that they wait on, or "timer"',
  labelNames: ['tier'] as const,
});

export const lanesByState = new Gauge({
  name: 'lockstep_lanes',
  help: 'Lanes with pending deliveries in this process, by state',
  labelNames: ['state'] as const,
});

export const lanesRepaired = new Counter({
  name: 'lockstep_lanes_repaired_total',
  help: 'Lanes with pending deliveries that an audit of a shard found missing in memory; 0 unless there is a fault',
});

let pendingAgeSeconds: (() => Promise<number | undefined>) | undefined;

/**
 * Reports what `read` returns; undefined keeps the last value. A later call replaces it. The gauge exists only in a process
 * that calls this: elsewhere it would report 0, which looks as if nothing were pending.
 */
export function observePendingAge(read: () => Promise<number | undefined>): void {
  if (pendingAgeSeconds === undefined) createPendingAgeGauge();
  pendingAgeSeconds = read;
}

function createPendingAgeGauge(): void {
  new Gauge({
    name: 'lockstep_oldest_pending_age_seconds',
    help: 'Age of the oldest pending event on the shards of this process',
    async collect() {
      const ageSeconds = await pendingAgeSeconds?.();
      if (ageSeconds !== undefined) this.set(ageSeconds);
    },
  });
}
