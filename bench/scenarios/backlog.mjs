import { storeBacklog } from '../data/backlog/store-backlog.mjs';
import { checkStored } from '../measure/check.mjs';
import { measureThroughput } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { round } from '../measure/statistics.mjs';
import { startUsage } from '../measure/usage.mjs';

const EVENTS = 500_000;

/** Events per second from the first arrival to the last; the costs count from the dispatcher's start. */
async function measureDrain(setting, events) {
  const { pipeline, receiver } = setting;
  await receiver.reset();
  const endUsage = await startUsage(setting);
  await pipeline.startDispatchers();
  await receiver.waitFor(events);
  const usage = await endUsage(events);
  const arrivals = await receiver.arrivals();
  const tookSeconds = (arrivals.at(-1).arrivedMs - arrivals[0].arrivedMs) / 1_000;
  return { metrics: { deliveredPerSecond: round(arrivals.length / tookSeconds) }, events, ...usage, findings: checkStored(events, arrivals) };
}

export const backlog = {
  name: 'backlog',
  title: '500,000 events wait when the dispatcher starts (drain); afterwards a closed loop with 100 connections on the same processes',
  rounds: 1,
  seconds: 10,
  metrics: { deliveredPerSecond: 'delivered/s' },
  plots: ['deliveredPerSecond'],
  parts: [
    {
      name: 'drain',
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          const events = Math.round(EVENTS * setting.scale);
          await storeBacklog(setting, events);
          setting.record('drain', await measureDrain(setting, events));
          setting.record('closed-loop', await measureThroughput(setting, setting));
        }),
    },
  ],
};
