import { latenciesMs } from './check.mjs';
import { LatencyHistogram } from './latency-histogram.mjs';
import { postAndDeliver, postOnly } from './load.mjs';
import { untilRelayed } from './relayed.mjs';
import { round } from './statistics.mjs';

export const CONNECTIONS = 100;
/** At most; it ends with its last event. */
const WARM_UP_SECONDS = 20;

/**
 * What came of a load.
 * @typedef {object} Measured
 * @property {Record<string, number>} metrics
 * @property {number} events accepted
 * @property {Record<string, number>} findings all must be 0
 * … and the load generator's answers, and what usage.mjs says that it took
 */

/** From when an event was due to its arrival at the first of the hooks. @returns {Promise<Measured>} */
export async function measureLatency(setting, { rate, seconds, args = [], hooks }) {
  const load = await postAndDeliver(setting, ['--rate', String(rate), '--seconds', String(seconds), ...args], hooks);
  return measured(LatencyHistogram.of(latenciesMs(load.posted, load.arrivals)).summary(), load);
}

/** All delivered at all hooks, from the first send to the last arrival. @returns {Promise<Measured>} */
export async function measureThroughput(setting, { seconds, args = [], hooks }) {
  const load = await postAndDeliver(setting, ['--connections', String(CONNECTIONS), '--seconds', String(seconds), ...args], hooks);
  const tookSeconds = (load.lastArrivedMs - load.summary.firstSentMs) / 1_000;
  return measured({ deliveredPerSecond: round(load.deliveries / tookSeconds), acceptedPerSecond: load.summary.acceptedPerSecond }, load);
}

/**
 * Without waiting for deliveries; the relay runs, and its costs count until it has sent all. Latency: from when an event
 * was due to its 202.
 * @returns {Promise<Measured>}
 */
export async function measureIngest(setting, args) {
  const load = await postOnly(setting, args, () => untilRelayed(setting.pipeline));
  const { acceptedPerSecond, acceptedLatency } = load.summary;
  return measured({ acceptedPerSecond, ...acceptedLatency }, load);
}

/**
 * A load of which the figures don't matter: compiles the code, fills caches, makes connections. By number of events, so
 * that a slower pipeline does not start the measuring colder.
 * @returns {Promise<Measured>}
 */
export async function warmUp(setting, { events, delivers = true, hooks }) {
  const args = ['--connections', String(CONNECTIONS), '--count', String(Math.ceil(events * setting.scale)), '--seconds', String(WARM_UP_SECONDS)];
  const load = delivers ? await postAndDeliver(setting, args, hooks) : await postOnly(setting, args, () => untilRelayed(setting.pipeline));
  return measured({ events: load.summary.accepted }, load);
}

export function measured(metrics, { summary, usage, findings }) {
  const { answerLatency, answers, requests, accepted } = summary;
  return { metrics, events: accepted, answerLatency, answers, refused: requests - accepted, ...usage, findings };
}
