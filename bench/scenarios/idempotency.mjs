import { postOnly } from '../measure/post.mjs';
import { CONNECTIONS, measured, measureIngest, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { untilRelayed } from '../measure/relayed.mjs';

const WARM_UP_EVENTS = 10_000;
/** The number of keys that are posted repeatedly. */
const KEYS = 10_000;

/** Posts the same events again. Nothing may be stored, and the product must mark every answer as replayed. */
async function measureReplays(setting) {
  const keys = ['--prefix', 'replayed', '--distinct', String(KEYS), '--connections', String(CONNECTIONS)];
  await postOnly(setting, [...keys, '--count', String(KEYS), '--seconds', '60'], () => untilRelayed(setting.pipeline));
  const load = await postOnly(setting, [...keys, '--seconds', String(setting.seconds)]);
  const { accepted, replayed, acceptedPerSecond, acceptedLatency } = load.summary;
  const findings = { storedTwice: load.stored, unmarked: setting.pipeline.name === 'product' ? accepted - replayed : 0 };
  return measured({ acceptedPerSecond, ...acceptedLatency }, { ...load, findings });
}

export const idempotency = {
  name: 'idempotency',
  title: 'Posts with new idempotency keys and with keys that were accepted before, 100 connections, closed loop, no dispatcher',
  rounds: 3,
  seconds: 10,
  metrics: { acceptedPerSecond: 'answers/s', p50Ms: 'p50 ms', p99Ms: 'p99 ms' },
  plots: ['acceptedPerSecond', 'p99Ms'],
  parts: [
    {
      name: 'ingest',
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          setting.record('ingest new', await measureIngest(setting, ['--connections', String(CONNECTIONS), '--seconds', String(setting.seconds)]));
          setting.record('ingest replayed', await measureReplays(setting));
        }),
    },
  ],
};
