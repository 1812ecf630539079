import { collectDefaultMetrics, register } from 'prom-client';

/** Starts Node's own metrics (event loop, memory, garbage collection) beside Lockstep's. Once a process. */
export function startDefaultMetrics(): void {
  collectDefaultMetrics({ prefix: 'lockstep_' });
}

/** All metrics in the Prometheus text format, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; body: string }> {
  return { contentType: register.contentType, body: await register.metrics() };
}

/** Seconds, from half a millisecond to a minute: what lies between an idle machine's commit and a hung endpoint. */
export const LATENCY_BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
