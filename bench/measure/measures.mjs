import { latenciesMs } from './check.mjs';
import { LatencyHistogram } from './latency-histogram.mjs';
import { postAndDeliver, postOnly } from './post.mjs';
import { untilRelayed } from './relayed.mjs';
import { round } from './statistics.mjs';

export const CONNECTIONS = 100;
/** An upper limit: a warm-up ends with its last event. */
const MAX_WARM_UP_SECONDS = 20;

/**
 * The result of a load. It also holds the load generator's answers and the costs (usage.mjs).
 * @typedef {object} Measured
 * @property {Record<string, number>} metrics
 * @property {number} events accepted
 * @property {Record<string, number>} findings all must be 0
 */

/** Open loop: from an event's due time to its arrival at the first hook. @returns {Promise<Measured>} */
export async function measureLatency(setting, { rate, seconds, args = [], hooks }) {
  const load = await postAndDeliver(setting, ['--rate', String(rate), '--seconds', String(seconds), ...args], hooks);
  return measured(LatencyHistogram.of(latenciesMs(load.posted, load.arrivals)).summary(), load);
}

/** Closed loop: deliveries at all hooks, divided by the time from the first send to the last arrival. @returns {Promise<Measured>} */
export async function measureThroughput(setting, { seconds, args = [], hooks }) {
  const load = await postAndDeliver(setting, ['--connections', String(CONNECTIONS), '--seconds', String(seconds), ...args], hooks);
  const tookSeconds = (load.lastArrivedMs - load.summary.firstSentMs) / 1_000;
  return measured({ deliveredPerSecond: round(load.deliveries / tookSeconds), acceptedPerSecond: load.summary.acceptedPerSecond }, load);
}

/**
 * Accepted events, without waiting for deliveries. The relay runs, and its costs count until it has sent everything.
 * Latency counts from an event's due time to its 202.
 * @returns {Promise<Measured>}
 */
export async function measureIngest(setting, args) {
  const load = await postOnly(setting, args, () => untilRelayed(setting.pipeline));
  const { acceptedPerSecond, acceptedLatency } = load.summary;
  return measured({ acceptedPerSecond, ...acceptedLatency }, load);
}

/**
 * A load before the measurement: code gets compiled, caches fill, connections open. It has a fixed number of events, so
 * that a slower pipeline is as warm as a faster one.
 * @returns {Promise<Measured>}
 */
export async function warmUp(setting, { events, delivers = true, hooks, args: more = [] }) {
  const args = [...more, '--connections', String(CONNECTIONS), '--count', String(Math.ceil(events * setting.scale)), '--seconds', String(MAX_WARM_UP_SECONDS)];
  const load = delivers ? await postAndDeliver(setting, args, hooks) : await postOnly(setting, args, () => untilRelayed(setting.pipeline));
  return measured({ events: load.summary.accepted }, load);
}

export function measured(metrics, { summary, usage, findings }) {
  const { answerLatency, answers, requests, accepted } = summary;
  return { metrics, events: accepted, answerLatency, answers, refused: requests - accepted, ...usage, findings };
}
