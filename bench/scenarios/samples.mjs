import { rollUpSamples } from '../harness/built-code.mjs';
import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { round } from '../measure/statistics.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const ENDPOINTS = [1, 100, 1_000];
const WARM_UP_EVENTS = 10_000;
const ENTITIES = 10_000;
const OFF = { NODE_OPTIONS: `--import ${new URL('../harness/without-samples.mjs', import.meta.url).href}` };

/** Each event goes to one of the endpoints, which have a type of their own each. */
async function measure(bench, name, { count, env }, record) {
  const url = bench.receiver.urlOf(MAIN_HOOK);
  const endpoints = Array.from({ length: count }, (_, n) => (count === 1 ? { url } : { url, eventTypes: [`order.created.${n}`] }));
  const args = ['--types', String(count), '--entities', String(ENTITIES)];
  await withPipeline(bench, name, { endpoints, env }, async (setting) => {
    await warmUp(setting, { events: WARM_UP_EVENTS, args });
    const result = await measureThroughput(setting, { seconds: setting.seconds, args });
    const { gateway, dispatcher, postgres } = result.cpuPer1000;
    const rollUpMs = await rollUpMsOf(setting.pipeline.data);
    const metrics = { gatewayUs: round(gateway * 1_000), dispatcherUs: round(dispatcher * 1_000), postgresUs: round(postgres * 1_000 + (rollUpMs * 1_000) / result.events) };
    record(setting, { ...result, metrics: { ...result.metrics, ...metrics } });
  });
}

/** Minutes and hours are made every five minutes, which a measurement may miss: when all is done, the time is that of Postgres' CPU. */
async function rollUpMsOf(data) {
  // As old as those that are due, and still in as many minutes.
  await data.query("update recent_samples set at = at - interval '10 minutes' where not rolled_up");
  const startedMs = performance.now();
  await rollUpSamples(data);
  return performance.now() - startedMs;
}

export const samples = {
  name: 'samples',
  title: 'Numbers over time: each event goes to one of 1, 100 or 1,000 endpoints, which have a type each; 100 connections, closed loop',
  rounds: 1,
  seconds: 60,
  reference: 'not counted',
  metrics: { deliveredPerSecond: 'delivered/s', gatewayUs: 'CPU µs of the gateway per event', dispatcherUs: 'CPU µs of the dispatcher per event', postgresUs: 'CPU µs of Postgres per event' },
  differences: ['gatewayUs', 'dispatcherUs', 'postgresUs'],
  plots: ['gatewayUs', 'dispatcherUs', 'postgresUs'],
  parts: ENDPOINTS.map((count) => ({
    name: `endpoints-${count}`,
    pipelines: ['product'],
    run: async (bench, name) => {
      await measure(bench, name, { count, env: OFF }, (setting, measured) => setting.record(`endpoints-${count}`, measured, true));
      await measure(bench, name, { count, env: {} }, (setting, measured) => setting.record(`endpoints-${count}`, measured));
    },
  })),
};
