import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const ENDPOINTS = [1, 3, 10];
const WARM_UP_EVENTS = 10_000;

export const fanOut = {
  name: 'fan-out',
  title: 'Every event goes to 1, 3 or 10 endpoints; 100 connections, closed loop. The costs are those of an event with all its deliveries',
  rounds: 1,
  seconds: 10,
  metrics: { deliveredPerSecond: 'deliveries/s', acceptedPerSecond: 'accepted/s' },
  plots: ['deliveredPerSecond'],
  parts: ENDPOINTS.map((count) => ({
    name: `endpoints-${count}`,
    // The bare pipeline has one endpoint.
    pipelines: count === 1 ? ['product', 'bare'] : ['product'],
    run: (bench, name) => {
      const hooks = Array.from({ length: count }, (_, n) => (n === 0 ? MAIN_HOOK : `${MAIN_HOOK}/${n}`));
      const endpoints = hooks.map((hook) => ({ url: bench.receiver.urlOf(hook) }));
      return withPipeline(bench, name, { endpoints }, async (setting) => {
        await warmUp(setting, { events: Math.round(WARM_UP_EVENTS / count), hooks });
        setting.record(`endpoints-${count}`, await measureThroughput(setting, { seconds: setting.seconds, hooks }));
      });
    },
  })),
};
