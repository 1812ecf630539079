import { measureLatency, measureThroughput } from './measures.mjs';

const RATE = 200;

/** What the scenarios with a faulty endpoint have in common. */
export const ENDPOINT_FAULT = {
  metrics: { p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms', deliveredPerSecond: 'delivered/s' },
  /** The title of the second column. */
  reference: 'before',
};

/**
 * Measures what a healthy endpoint gets before and during a fault of another endpoint, on the same processes: its latency
 * in an open loop, and its rate in a closed loop.
 * @param {() => Promise<void>} startFault
 */
export async function measureEndpointFault(setting, name, startFault) {
  const { seconds } = setting;
  const measureBoth = async (isReference) => {
    setting.record(`${name} rate-${RATE}`, await measureLatency(setting, { rate: RATE, seconds }), isReference);
    setting.record(`${name} connections-100`, await measureThroughput(setting, { seconds }), isReference);
  };
  await measureBoth(true);
  await startFault();
  await measureBoth(false);
}
