import { CONNECTIONS, measureIngest, measureLatency, measureThroughput, warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const RATE = 200;
const WARM_UP_EVENTS = 10_000;

/** All run on the same warm pipeline. Ingest comes last, because it leaves a backlog. */
const MEASURES = {
  latency: (setting) => measureLatency(setting, { rate: RATE, seconds: setting.seconds }),
  'end-to-end': (setting) => measureThroughput(setting, { seconds: setting.seconds }),
  ingest: async (setting) => {
    await setting.pipeline.stopDispatchers();
    const measured = await measureIngest(setting, ['--connections', String(CONNECTIONS), '--seconds', String(setting.seconds)]);
    return { ...measured, metrics: { acceptedPerSecond: measured.metrics.acceptedPerSecond } };
  },
};

export const QUICK_CASES = Object.keys(MEASURES);

/** What `--quick` runs: three figures within three minutes. Its cases are named like scenarios. */
export const quick = {
  name: 'quick',
  title: 'Three figures within three minutes',
  rounds: 2,
  seconds: 5,
  metrics: { p50Ms: 'p50 ms', p95Ms: 'p95 ms', p99Ms: 'p99 ms', deliveredPerSecond: 'delivered/s', acceptedPerSecond: 'accepted/s' },
  /** The metrics that count for a case. */
  metricsOf: { latency: ['p50Ms', 'p95Ms', 'p99Ms'], 'end-to-end': ['deliveredPerSecond'], ingest: ['acceptedPerSecond'] },
  parts: [
    {
      name: 'all',
      run: (bench, name) => {
        const cases = QUICK_CASES.filter((each) => bench.cases.includes(each));
        const delivers = cases.some((each) => each !== 'ingest');
        return withPipeline(bench, name, { dispatchers: delivers ? 1 : 0 }, async (setting) => {
          setting.record('warm-up', await warmUp(setting, { events: WARM_UP_EVENTS, delivers }));
          for (const each of cases) setting.record(each, await MEASURES[each](setting));
        });
      },
    },
  ],
};
