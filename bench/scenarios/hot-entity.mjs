import { measureBound } from '../measure/lane-bound.mjs';
import { postAndDeliver } from '../measure/post.mjs';
import { measured, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { round } from '../measure/statistics.mjs';

const WARM_UP_EVENTS = 15_000;
/** Enough concurrent posts to keep the lane busy. */
const CONNECTIONS = 20;
const DELAYS_MS = [0, 20];
/** By the delay of an answer: more than a lane can deliver, so that it is busy during the whole measurement. */
const EVENTS_PER_SECOND = { 0: 400, 20: 40 };

export const hotEntity = {
  name: 'hot-entity',
  title: 'One entity: the rate of its lane, compared with the bound of 1/(round trip to the receiver + one durable commit); the receiver answers at once, or after 20 ms',
  rounds: 3,
  seconds: 10,
  metrics: { laneRate: 'delivered/s', boundRate: 'bound/s', roundTripMs: 'round trip ms', commitMs: 'commit ms', percentOfBound: '% of the bound' },
  plots: ['percentOfBound'],
  parts: DELAYS_MS.map((delayMs) => ({
    name: `delay-${delayMs}`,
    run: (bench, name) =>
      withPipeline(bench, name, {}, async (setting) => {
        const { receiver, seconds } = setting;
        await warmUp(setting, { events: WARM_UP_EVENTS });
        await receiver.behave(MAIN_HOOK, { delayMs });
        const bound = await measureBound(setting);
        const count = seconds * EVENTS_PER_SECOND[delayMs];
        const load = await postAndDeliver(setting, ['--entities', '1', '--connections', String(CONNECTIONS), '--count', String(count), '--seconds', '60']);
        await receiver.behave(MAIN_HOOK);
        const laneRate = ratePerSecond(load.arrivals);
        setting.record(`delay-${delayMs}`, measured({ laneRate, ...bound, percentOfBound: round((laneRate / bound.boundRate) * 100) }, load));
      }),
  })),
};

/** From the first arrival to the last. */
function ratePerSecond(arrivals) {
  const tookMs = arrivals.at(-1).arrivedMs - arrivals[0].arrivedMs;
  return round(((arrivals.length - 1) / tookMs) * 1_000);
}
