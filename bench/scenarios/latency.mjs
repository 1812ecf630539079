import { measureLatency } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

/** What is measured first is the cold pipeline, and warms it for what comes after. */
const WARMING_SECONDS = 10;

/** Of those whose ratio is a goal. */
const GOAL_ROUNDS = 3;

const loads = [
  { rate: 50, entities: 1_000 },
  { rate: 200, entities: 1_000, rounds: GOAL_ROUNDS },
  { rate: 1_000, entities: 1_000, rounds: GOAL_ROUNDS },
  { rate: 3_000, entities: 1_000 },
  // An entity's next event comes after 20 ms, while the one before it may still be on its way.
  { rate: 1_000, entities: 20 },
];

export const latency = {
  name: 'latency',
  title: "Open loop by events/s: client's send (from the due time) to receiver's arrival, in the first 10 s of fresh processes (cold) and after them",
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
