import { startTraceCollector } from '../load/trace-collector.mjs';
import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { round } from '../measure/statistics.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 10_000;
const CASES = { 'one trace in a hundred': '0.01', 'all traces': '1' };

/** Fresh processes, because they read their settings at the start. */
async function measure(bench, name, env, record) {
  await withPipeline(bench, name, { env }, async (setting) => {
    await warmUp(setting, { events: WARM_UP_EVENTS });
    const result = await measureThroughput(setting, { seconds: setting.seconds });
    const { gateway, dispatcher } = result.cpuPer1000;
    record(setting, { ...result, metrics: { ...result.metrics, gatewayUs: round(gateway * 1_000), dispatcherUs: round(dispatcher * 1_000) } });
  });
}

export const tracing = {
  name: 'tracing',
  title: 'Spans to a collector that drops them: 100 connections, closed loop, end to end',
  rounds: 3,
  seconds: 8,
  reference: 'no tracing',
  metrics: { deliveredPerSecond: 'delivered/s', gatewayUs: 'CPU µs of the gateway per event', dispatcherUs: 'CPU µs of the dispatcher per event' },
  differences: ['gatewayUs', 'dispatcherUs'],
  plots: ['deliveredPerSecond', 'gatewayUs', 'dispatcherUs'],
  parts: [
    {
      name: 'turns',
      pipelines: ['product'],
      run: async (bench, name) => {
        const collector = await startTraceCollector();
        try {
          await measure(bench, name, {}, (setting, reference) => {
            for (const caseName of Object.keys(CASES)) setting.record(caseName, reference, true);
          });
          for (const [caseName, ratio] of Object.entries(CASES)) {
            const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOCKSTEP_TRACE_RATIO: ratio };
            await measure(bench, name, env, (setting, measured) => setting.record(caseName, measured));
          }
          if (collector.received.requests === 0) throw new Error('The collector got no spans');
        } finally {
          await collector.stop();
        }
      },
    },
  ],
};
