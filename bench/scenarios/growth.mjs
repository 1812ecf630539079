import { makeHistory } from '../data/history/make-history.mjs';
import { verifyLedger } from '../data/history/verify-ledger.mjs';
import { CONNECTIONS, measureIngest, measureLatency, measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { startProduct } from '../pipelines/product.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const RATE = 200;
const WARM_UP_EVENTS = 10_000;
/** Empty and full tables take turns, because the machine's speed drifts. */
const TURNS = 2;
/** With more events than this, verifying them would take longer than the measurement. */
const MAX_VERIFIED = 2_000_000;

const common = {
  rounds: 1,
  seconds: 8,
  metrics: { p50Ms: 'p50 ms', p99Ms: 'p99 ms', deliveredPerSecond: 'delivered/s', acceptedPerSecond: 'accepted/s', daysDropped: 'days dropped so far', keysDeleted: 'keys deleted so far' },
  /** The title of the second column. */
  reference: 'empty',
  plots: ['deliveredPerSecond', 'acceptedPerSecond', 'p99Ms'],
};

/** Creates a database with old events, their lanes, deliveries, attempts and keys. */
async function createHistory(bench, history) {
  const product = await startProduct(bench, { dispatchers: 0, endpoints: [{ url: bench.receiver.urlOf(MAIN_HOOK) }] });
  await product.stop();
  bench.progress(`generating ${history.events.toLocaleString('en-US')} old events`);
  await makeHistory(product.data, history);
  return product.data;
}

/** Ingest without a dispatcher comes last, because it leaves a backlog. */
async function measureAll(setting, { name, isLast, droppedFrom }) {
  const { seconds, pipeline } = setting;
  const record = async (load, measured) => {
    const also = droppedFrom === undefined ? {} : await countDropped(pipeline, droppedFrom);
    setting.record(`${name} ${load}`, { ...measured, metrics: { ...measured.metrics, ...also } });
  };
  await warmUp(setting, { events: WARM_UP_EVENTS });
  await record(`rate-${RATE}`, await measureLatency(setting, { rate: RATE, seconds }));
  await record('connections-100', await measureThroughput(setting, { seconds }));
  if (!isLast) return;
  await pipeline.stopDispatchers();
  await record('ingest', await measureIngest(setting, ['--connections', String(CONNECTIONS), '--seconds', String(seconds)]));
}

/** What retention has removed since the start, when all old keys had expired. */
async function countDropped({ data }, { events }) {
  const [{ days, keys }] = await data.query(
    `select (select count(*)::integer from retired_days where dropped_at is not null) as days,
            (select count(*)::integer from idempotency_keys where expires_at <= now()) as keys`,
  );
  return { daysDropped: days, keysDeleted: events - keys };
}

function partOf({ name, events, days = 28, keyRetentionDays = 60, env, turns = TURNS, expectedSeconds }) {
  return {
    name,
    pipelines: ['product'],
    expectedSeconds,
    run: async (bench, pipelineName) => {
      const history = { events: Math.max(1_000, Math.round(events * bench.scale)), days, keyRetentionDays };
      const data = await createHistory(bench, history);
      for (let turn = 1; turn <= turns; turn++) {
        const load = { name, isLast: turn === turns };
        await withPipeline(bench, pipelineName, { reference: true }, (setting) => measureAll(setting, load));
        await withPipeline(bench, pipelineName, { data, env }, (setting) => measureAll(setting, { ...load, droppedFrom: env === undefined ? undefined : history }));
      }
      if (history.events <= MAX_VERIFIED) await verifyLedger(data);
      await data.drop();
    },
  };
}

export const growth = {
  ...common,
  name: 'growth',
  title: 'With 1,000,000 old events, deliveries, attempts and keys in the tables, and while retention drops days and deletes keys; compared with empty tables',
  parts: [
    partOf({ name: 'rows-1m', events: 1_000_000, expectedSeconds: 180 }),
    // One turn, because from its start on the gateway drops the old days and deletes the expired keys.
    partOf({ name: 'retention', events: 2_000_000, keyRetentionDays: 1, env: { LOCKSTEP_RETENTION: '1d' }, turns: 1, expectedSeconds: 200 }),
  ],
};

export const growth10m = {
  ...common,
  name: 'growth-10m',
  title: 'With 10,000,000 old events, deliveries, attempts and keys in the tables; compared with empty tables',
  parts: [partOf({ name: 'rows-10m', events: 10_000_000, expectedSeconds: 400 })],
};
