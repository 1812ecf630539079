import { setTimeout as delay } from 'node:timers/promises';
import { fillTopic } from '../data/topic.mjs';
import { measureIngest, warmUp } from '../measure/measures.mjs';
import { untilRelayed } from '../measure/relayed.mjs';
import { round } from '../measure/statistics.mjs';
import { startUsage } from '../measure/usage.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { toBatches } from './batch.mjs';

const EVENTS = 200_000;
const WARM_UP_EVENTS = 20_000;
const BATCH_CONNECTIONS = 8;
const TIMEOUT_MS = 120_000;

/** Events per second from the first chunk's commit to the last one's. The costs count from the source's creation until all is in Kafka again. */
async function measureSource({ pipeline, ...setting }, events) {
  const topic = `${pipeline.data.topicPrefix}orders`;
  await fillTopic(setting.servers, topic, events);
  const storedBefore = await pipeline.countEvents();
  const endUsage = await startUsage({ ...setting, pipeline });
  await pipeline.call('POST', '/v1/sources', { name: 'bench', provider: 'kafka', settings: { topic, startAt: 'earliest', preset: 'plain', entity: 'record:key', type: 'json:/type' } });
  const deadline = performance.now() + TIMEOUT_MS;
  while ((await pipeline.countEvents()) - storedBefore < events) {
    if (performance.now() > deadline) throw new Error(`After ${TIMEOUT_MS / 1_000} s the source has not stored all ${events} events`);
    await delay(250);
  }
  await untilRelayed(pipeline);
  const usage = await endUsage(events);
  const [{ seconds, later, stored }] = await pipeline.data.query(
    `select
       extract(epoch from max(accepted_at) - min(accepted_at))::float8 as seconds, count(*)::integer as stored,
       (count(*) filter (where accepted_at > first))::integer as later
     from (select accepted_at, min(accepted_at) over () as first from events where source = 'bench') of_source`,
  );
  return { metrics: { acceptedPerSecond: round(later / seconds) }, events, ...usage, findings: { lost: Math.max(0, events - stored), duplicates: Math.max(0, stored - events) } };
}

export const kafkaSource = {
  name: 'kafka-source',
  title: 'A topic with 200,000 records that a Kafka source reads, compared with batches of 100 events on 8 connections: accepted while no dispatcher runs',
  rounds: 3,
  seconds: 8,
  reference: 'batches',
  metrics: { acceptedPerSecond: 'accepted/s' },
  plots: ['acceptedPerSecond'],
  parts: [
    {
      name: 'ingest',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          await warmUp(toBatches(setting), { events: WARM_UP_EVENTS, delivers: false });
          setting.record('ingest', await measureIngest(toBatches(setting), ['--connections', String(BATCH_CONNECTIONS), '--seconds', String(setting.seconds)]), true);
          setting.record('ingest', await measureSource(setting, Math.round(EVENTS * setting.scale)));
        }),
    },
  ],
};
