import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 30_000;

export const endToEnd = {
  name: 'end-to-end',
  title: '100 connections, closed loop to saturation: events delivered, divided by the time from the first send to the last arrival',
  rounds: 5,
  seconds: 12,
  metrics: { deliveredPerSecond: 'delivered/s', acceptedPerSecond: 'accepted/s' },
  plots: ['deliveredPerSecond'],
  parts: [
    {
      name: 'connections-100',
      run: (bench, name) =>
        withPipeline(bench, name, {}, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS });
          setting.record('connections-100', await measureThroughput(setting, setting));
        }),
    },
  ],
};
