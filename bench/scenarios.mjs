import { postAndDeliver, postOnly } from './load.mjs';
import { latencySummary, round } from './statistics.mjs';

const CONNECTIONS = 100;
const RATE = 200;
/** At most; it ends with its last event. */
const WARM_UP_SECONDS = 20;

/**
 * Each runs against a warm pipeline and gives its metrics, its findings (all must be 0) and the CPU it took. The order
 * matters: ingest comes last, because it leaves a backlog that nobody delivers.
 */
export const scenarios = {
  /** From when an event was due to its arrival at the receiver. */
  latency: {
    title: `${RATE} events/s, client's send to receiver's arrival`,
    metrics: { p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms' },
    run: async (setting, seconds) => {
      const { summary, posted, arrivals, ...rest } = await postAndDeliver(setting, ['--rate', String(RATE), '--seconds', String(seconds)]);
      const sentMs = new Map(posted.map((event) => [event.key, event.sentMs]));
      const { count, ...latency } = latencySummary(arrivals.map(({ key, arrivedMs }) => arrivedMs - sentMs.get(key)));
      return { metrics: latency, events: count, ...answersOf(summary), ...rest };
    },
  },
  /** All delivered, from the first send to the last arrival. */
  'end-to-end': {
    title: `${CONNECTIONS} connections, first send to last arrival`,
    metrics: { deliveredPerSecond: 'delivered/s' },
    run: async (setting, seconds) => {
      const { summary, arrivals, posted: _, ...rest } = await postAndDeliver(setting, ['--connections', String(CONNECTIONS), '--seconds', String(seconds)]);
      const tookSeconds = ((arrivals.at(-1)?.arrivedMs ?? Infinity) - summary.firstSentMs) / 1_000;
      return {
        metrics: { deliveredPerSecond: round(arrivals.length / tookSeconds), acceptedPerSecond: summary.acceptedPerSecond },
        events: arrivals.length,
        ...answersOf(summary),
        ...rest,
      };
    },
  },
  /** No dispatcher runs; the relay does, in the gateway. */
  ingest: {
    title: `${CONNECTIONS} connections, no dispatcher, relay on`,
    metrics: { acceptedPerSecond: 'accepted/s' },
    run: async (setting, seconds) => {
      await setting.pipeline.stopDispatcher();
      const { summary, ...rest } = await postOnly(setting, ['--connections', String(CONNECTIONS), '--seconds', String(seconds)]);
      return { metrics: { acceptedPerSecond: summary.acceptedPerSecond }, events: summary.accepted, ...answersOf(summary), ...rest };
    },
  },
};

function answersOf({ answerLatency, answers, requests, accepted }) {
  return { answerLatency, answers, refused: requests - accepted };
}

/**
 * The same load as end-to-end, its figures thrown away: compiles the code, fills caches, makes connections. By number
 * of events, so that a slower pipeline does not start the measuring colder.
 */
export async function warmUp(setting, events) {
  const args = ['--connections', String(CONNECTIONS), '--count', String(events), '--seconds', String(WARM_UP_SECONDS)];
  return setting.delivers ? postAndDeliver(setting, args) : postOnly(setting, args);
}
