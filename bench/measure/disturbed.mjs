import { measureLatency, measureThroughput } from './measures.mjs';

const RATE = 200;

export const DISTURBED = {
  metrics: { p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms', deliveredPerSecond: 'delivered/s' },
  /** What the second column holds. */
  reference: 'before',
};

/**
 * What the main endpoint gets before and while something is wrong with another one, on the same processes: its latency in
 * an open loop, its rate in a closed one.
 * @param {() => Promise<void>} disturb from then on it is wrong
 */
export async function measureDisturbed(setting, name, disturb) {
  const { seconds } = setting;
  const measureBoth = async (isReference) => {
    setting.record(`${name} rate-${RATE}`, await measureLatency(setting, { rate: RATE, seconds }), isReference);
    setting.record(`${name} connections-100`, await measureThroughput(setting, { seconds }), isReference);
  };
  await measureBoth(true);
  await disturb();
  await measureBoth(false);
}
