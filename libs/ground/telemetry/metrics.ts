import { collectDefaultMetrics, register } from 'prom-client';

/** Collects Node's metrics too (event loop, memory, garbage collection). Call it once per process. */
export function startDefaultMetrics(): void {
  collectDefaultMetrics({ prefix: 'lockstep_' });
}

/** All metrics in the Prometheus text format, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  return { contentType: register.contentType, body: await register.metrics() };
}

/** In seconds: from a commit on an idle machine to an endpoint that hangs. */
export const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
