import { freePort } from '../harness/built-code.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';
import { ENDPOINT_FAULT, measureEndpointFault } from '../measure/endpoint-fault.mjs';
import { warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 10_000;
/** The second endpoint of every event, which becomes faulty. */
const FAULTY_HOOK = `${MAIN_HOOK}/faulty`;

/** Each starts a fault of the second endpoint. */
const faults = {
  'fails-a-tenth': ({ receiver }) => receiver.behave(FAULTY_HOOK, { failEvery: 10 }),
  'times-out': ({ receiver }) => receiver.behave(FAULTY_HOOK, { silent: true }),
  'hangs-4.5s': ({ receiver }) => receiver.behave(FAULTY_HOOK, { delayMs: 4_500, fails: true }),
  'answers-in-2s': ({ receiver }) => receiver.behave(FAULTY_HOOK, { delayMs: 2_000 }),
  'refuses': async ({ pipeline }) => {
    const { id } = pipeline.endpoints.find(({ url }) => url.endsWith(FAULTY_HOOK));
    await pipeline.call('PATCH', `/v1/endpoints/${id}`, { url: `http://127.0.0.1:${await freePort()}/` });
  },
};
/** Short, so that attempts time out during most of the measurement. */
const FAULT_TIMEOUT_MS = { 'times-out': 2_000 };

export const failing = {
  ...ENDPOINT_FAULT,
  name: 'failing',
  title: 'Every event goes to two endpoints, one of which becomes faulty: what the healthy one gets before and during the fault',
  rounds: 2,
  seconds: 6,
  plots: ['p99Ms', 'deliveredPerSecond'],
  parts: Object.entries(faults).map(([fault, start]) => ({
    name: fault,
    pipelines: ['product'],
    run: async (bench, name) => {
      const { receiver } = bench;
      const timeoutMs = FAULT_TIMEOUT_MS[fault] ?? 15_000;
      const endpoints = [{ url: receiver.urlOf(MAIN_HOOK) }, { url: receiver.urlOf(FAULTY_HOOK), timeoutMs }];
      await withPipeline(bench, name, { endpoints }, async (setting) => {
        await warmUp(setting, { events: WARM_UP_EVENTS });
        await measureEndpointFault(setting, fault, () => start(setting));
      });
      await receiver.behave(FAULTY_HOOK);
    },
  })),
};
