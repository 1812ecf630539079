import { measureIngest, measureThroughput, warmUp } from '../measure/measures.mjs';
import { withLoadArguments, withPipeline } from '../pipelines/pipelines.mjs';

const SIZE = 100;
const CONNECTIONS = [1, 8, 32];
/** Of the comparison end to end: enough to keep every process busy. */
const END_TO_END_CONNECTIONS = 8;
const WARM_UP_EVENTS = 20_000;

/** The same pipeline, whose events go to the batch route. */
export function toBatches(setting) {
  const loadArguments = setting.pipeline.loadArguments.map((argument) => argument.replace(/\/v1\/events$/, '/v1/events/batch'));
  return withLoadArguments(setting, [...loadArguments, '--batch', String(SIZE)]);
}

export const batch = {
  name: 'batch',
  title: 'Batches of 100 events in a JSON array, closed loop by connections, compared with single posts on 100 connections: accepted while no dispatcher runs, and end to end',
  rounds: 3,
  seconds: 8,
  reference: 'single posts',
  metrics: { acceptedPerSecond: 'accepted/s', deliveredPerSecond: 'delivered/s', p50Ms: 'p50 ms', p99Ms: 'p99 ms' },
  plots: ['acceptedPerSecond', 'deliveredPerSecond'],
  parts: [
    {
      name: 'ingest',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          const seconds = ['--seconds', String(setting.seconds)];
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          await warmUp(toBatches(setting), { events: WARM_UP_EVENTS, delivers: false });
          const singles = await measureIngest(setting, ['--connections', '100', ...seconds]);
          for (const connections of CONNECTIONS) {
            const caseName = `ingest connections-${connections}`;
            setting.record(caseName, await measureIngest(toBatches(setting), ['--connections', String(connections), ...seconds]));
            setting.record(caseName, singles, true);
          }
        }),
    },
    {
      name: 'end-to-end',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, {}, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS });
          setting.record('end-to-end', await measureThroughput(setting, { seconds: setting.seconds }), true);
          setting.record('end-to-end', await measureThroughput(toBatches(setting), { seconds: setting.seconds, args: ['--connections', String(END_TO_END_CONNECTIONS)] }));
        }),
    },
  ],
};
