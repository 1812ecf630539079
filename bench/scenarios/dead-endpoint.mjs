import { setTimeout as delay } from 'node:timers/promises';
import { storeBacklog } from '../data/backlog/store-backlog.mjs';
import { freePort } from '../harness/built-code.mjs';
import { ENDPOINT_FAULT, measureEndpointFault } from '../measure/endpoint-fault.mjs';
import { warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const EVENTS = 200_000;
const WARM_UP_EVENTS = 10_000;
const ADMITTED_TIMEOUT_MS = 240_000;

export const deadEndpoint = {
  ...ENDPOINT_FAULT,
  name: 'dead-endpoint',
  title: '200,000 deliveries wait for an endpoint that refuses connections: what a healthy endpoint gets before and while they wait',
  rounds: 2,
  seconds: 10,
  plots: ['p99Ms', 'deliveredPerSecond'],
  parts: [
    {
      name: 'backlog',
      pipelines: ['product'],
      run: (bench, name) => {
        const endpoints = [{ url: bench.receiver.urlOf(MAIN_HOOK), eventTypes: ['order.*'] }];
        return withPipeline(bench, name, { endpoints }, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS });
          await measureEndpointFault(setting, 'backlog', async () => {
            await setting.pipeline.call('POST', '/v1/endpoints', { url: `http://127.0.0.1:${await freePort()}/`, eventTypes: ['stalled.*'] });
            await storeBacklog(setting, Math.round(EVENTS * setting.scale), 'stalled.created');
            await untilAdmitted(setting.pipeline);
          });
        });
      },
    },
  ],
};

async function untilAdmitted({ data }) {
  const deadline = performance.now() + ADMITTED_TIMEOUT_MS;
  for (;;) {
    const [{ waiting }] = await data.query('select (select count(*) from events) - (select count(*) from inbox) as waiting');
    if (Number(waiting) === 0) return;
    if (performance.now() > deadline) throw new Error(`After ${ADMITTED_TIMEOUT_MS / 1_000} s ${waiting} events are still not admitted`);
    await delay(500);
  }
}
