import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 20_000;

const sizes = [
  { gateways: 1, dispatchers: 1 },
  { gateways: 1, dispatchers: 2 },
  { gateways: 1, dispatchers: 4 },
  { gateways: 2, dispatchers: 1 },
];

export const scaleOut = {
  name: 'scale-out',
  title: '1, 2 and 4 dispatchers, 1 and 2 gateways; 100 connections, closed loop. On few cores this shows the cost of another process, not its gain',
  rounds: 2,
  seconds: 10,
  metrics: { deliveredPerSecond: 'delivered/s', acceptedPerSecond: 'accepted/s' },
  plots: ['deliveredPerSecond', 'cpuMsPerEvent'],
  parts: sizes.map(({ gateways, dispatchers }) => ({
    name: `gateways-${gateways}-dispatchers-${dispatchers}`,
    pipelines: ['product'],
    run: (bench, name) =>
      withPipeline(bench, name, { gateways, dispatchers }, async (setting) => {
        await warmUp(setting, { events: WARM_UP_EVENTS });
        setting.record(`gateways-${gateways}-dispatchers-${dispatchers}`, await measureThroughput(setting, setting));
      }),
  })),
};
