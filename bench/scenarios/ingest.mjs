import { measureIngest, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const CONNECTIONS = [5, 50, 100];
const RATES = [50, 200, 1_000, 3_000];
const WARM_UP_EVENTS = 20_000;

const loads = [
  ...CONNECTIONS.map((connections) => ({ name: `connections-${connections}`, args: ['--connections', String(connections)] })),
  ...RATES.map((rate) => ({ name: `rate-${rate}`, args: ['--rate', String(rate)] })),
];

export const ingest = {
  name: 'ingest',
  title: 'Accepting events while no dispatcher runs: closed loop by connections, open loop by events/s (latency from the due time to the 202)',
  rounds: 3,
  seconds: 6,
  metrics: { acceptedPerSecond: 'accepted/s', p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms', maxMs: 'max ms' },
  plots: ['acceptedPerSecond', 'p99Ms'],
  parts: [
    {
      name: 'all',
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          for (const load of loads) setting.record(load.name, await measureIngest(setting, [...load.args, '--seconds', String(setting.seconds)]));
        }),
    },
  ],
};
