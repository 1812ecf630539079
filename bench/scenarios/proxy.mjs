import { measured } from '../measure/measures.mjs';
import { postAndDeliver, postOnly } from '../measure/post.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { PROXIES } from '../pipelines/proxies.mjs';

const CONNECTIONS = 50;
/** Far below the capacity of the cores, so that the added latency is not the wait for a core. */
const RATE = 1_000;
const WARM_UP_REQUESTS = 10_000;
/** The number of keys that are sent repeatedly. */
const KEYS = 1_000;

/** Every request reaches the backend once. */
async function measureForwarded(setting, args) {
  return answers(setting, await postAndDeliver(setting, args));
}

/**
 * Sends keys that already have an answer. The product must forward none of them and must mark every answer as replayed. The
 * bare proxy forwards them all.
 */
async function measureReplayed(setting, args) {
  const { pipeline, receiver } = setting;
  await receiver.reset();
  const load = await postOnly(setting, args);
  const { accepted, replayed } = load.summary;
  const forwarded = (await receiver.arrivals()).length;
  const findings = pipeline.name === 'product' ? { forwardedAgain: forwarded, unmarked: accepted - replayed } : { lost: accepted - forwarded };
  return answers(setting, { ...load, findings });
}

function answers({ pipeline }, load) {
  const { accepted, acceptedPerSecond, acceptedLatency } = load.summary;
  pipeline.noteAnswered(accepted);
  return measured({ acceptedPerSecond, ...acceptedLatency }, load);
}

const kinds = [
  { name: 'keyless', args: ['--keyless'], measure: measureForwarded },
  { name: 'new-keys', args: [], measure: measureForwarded },
  // The warm-up sends every key for the first time.
  { name: 'replayed', args: ['--prefix', 'replayed', '--distinct', String(KEYS)], minWarmUp: KEYS, measure: measureReplayed },
];

const loads = [
  { name: `connections-${CONNECTIONS}`, args: ['--connections', String(CONNECTIONS)] },
  { name: `rate-${RATE}`, args: ['--rate', String(RATE)] },
];

/** Starts the pair of proxies. Kafka is left out of the costs: the proxies do not use it, and its idle CPU would count. */
function withProxy(bench, name, measure) {
  const { postgres } = bench.servers.pids;
  return withPipeline({ ...bench, servers: { ...bench.servers, pids: { postgres } } }, name, { pair: PROXIES }, measure);
}

export const proxy = {
  name: 'proxy',
  title: 'The same requests through the idempotency proxy and through a bare one (`@fastify/http-proxy`): without a key, with new keys, and with keys that already have an answer. An event is a request, and its latency ends with the answer',
  rounds: 3,
  seconds: 4,
  metrics: { acceptedPerSecond: 'answers/s', p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms' },
  /** A proxy adds the same latency to a fast backend and to a slow one, so the difference counts. */
  differences: ['p50Ms'],
  processes: ['proxy', 'postgres'],
  plots: ['acceptedPerSecond', 'p50Ms'],
  parts: kinds.map((kind) => ({
    name: kind.name,
    run: (bench, pipelineName) =>
      withProxy(bench, pipelineName, async (setting) => {
        const count = Math.max(kind.minWarmUp ?? 1, Math.round(WARM_UP_REQUESTS * setting.scale));
        answers(setting, await postOnly(setting, [...kind.args, '--count', String(count), '--connections', String(CONNECTIONS), '--seconds', '20']));
        for (const load of loads) {
          setting.record(`${kind.name} ${load.name}`, await kind.measure(setting, [...kind.args, ...load.args, '--seconds', String(setting.seconds)]));
        }
      }),
  })),
};
