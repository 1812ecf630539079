import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 15_000;

const shapes = [
  { name: 'entities-10', args: ['--entities', '10'] },
  { name: 'entities-1000', args: ['--entities', '1000'] },
  { name: 'entities-100000', args: ['--entities', '100000'] },
  { name: 'zipf-1000', args: ['--entities', '1000', '--skewed'] },
];

export const entities = {
  name: 'entities',
  title: '10, 1,000 and 100,000 entities, and 1,000 of which entity n has 1/n of the first one’s events (Zipf); 100 connections, closed loop',
  rounds: 1,
  seconds: 10,
  metrics: { deliveredPerSecond: 'delivered/s', acceptedPerSecond: 'accepted/s' },
  plots: ['deliveredPerSecond'],
  parts: shapes.map(({ name, args }) => ({
    name,
    run: (bench, pipelineName) =>
      withPipeline(bench, pipelineName, {}, async (setting) => {
        await warmUp(setting, { events: WARM_UP_EVENTS });
        setting.record(name, await measureThroughput(setting, { seconds: setting.seconds, args }));
      }),
  })),
};
