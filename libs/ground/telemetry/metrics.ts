import { collectDefaultMetrics, register } from 'prom-client';

/** Gauges of prom-client that are named like counters. Those without `_total` have the same values, by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
const PREFIX = 'lockstep_';

/** Collects Node's metrics too (event loop, memory, garbage collection). Call it once per process. */
export function startDefaultMetrics(): void {
  collectDefaultMetrics({ prefix: PREFIX });
  for (const name of MISNAMED) register.removeSingleMetric(PREFIX + name);
}

/** All metrics in the Prometheus text format, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  return { contentType: register.contentType, body: await register.metrics() };
}

/** In seconds: from a commit on an idle machine to an endpoint that hangs. */
export const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Of statements. A slower one has exceeded its time. */
export const STATEMENT_BUCKETS_SECONDS = LATENCY_BUCKETS_SECONDS.filter((seconds) => seconds <= 5);
