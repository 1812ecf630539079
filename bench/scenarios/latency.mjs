import { measureLatency } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

/** The first measurement is that of the cold pipeline, and warms it up for the second. */
const WARMING_SECONDS = 10;

/** For the loads whose ratio is a goal. */
const GOAL_ROUNDS = 3;

const loads = [
  { rate: 50, entities: 1_000 },
  { rate: 200, entities: 1_000, rounds: GOAL_ROUNDS },
  { rate: 1_000, entities: 1_000, rounds: GOAL_ROUNDS },
  { rate: 3_000, entities: 1_000 },
  // An entity's next event is due after 20 ms, when the previous one may still be in flight.
  { rate: 1_000, entities: 20 },
];

export const latency = {
  name: 'latency',
  title: 'Open loop by events/s: from the due time to the arrival at the receiver, in the first 10 s of fresh processes (cold) and afterwards',
  rounds: 1,
  seconds: 8,
  metrics: { p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms', maxMs: 'max ms', cpuMsPerEvent: 'CPU ms per event' },
  plots: ['p50Ms', 'p99Ms', 'cpuMsPerEvent'],
  parts: loads.map(({ rate, entities, rounds }) => {
    const name = entities === 1_000 ? `rate-${rate}` : `rate-${rate}-entities-${entities}`;
    const args = ['--entities', String(entities)];
    return {
      name,
      rounds,
      run: (bench, pipelineName) =>
        withPipeline(bench, pipelineName, {}, async (setting) => {
          setting.record(`${name} cold`, await measureLatency(setting, { rate, args, seconds: WARMING_SECONDS }));
          setting.record(name, await measureLatency(setting, { rate, args, seconds: setting.seconds }));
        }),
    };
  }),
};
