import { DISTURBED, measureDisturbed } from '../measure/disturbed.mjs';
import { warmUp } from '../measure/measures.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const WARM_UP_EVENTS = 10_000;
/** The other endpoint of every event. */
const SICK_HOOK = `${MAIN_HOOK}/sick`;

/** What becomes of the other endpoint. */
const sicknesses = {
  'fails-a-tenth': ({ receiver }) => receiver.behave(SICK_HOOK, { failEvery: 10 }),
  'times-out': ({ receiver }) => receiver.behave(SICK_HOOK, { silent: true }),
  'hangs-4.5s': ({ receiver }) => receiver.behave(SICK_HOOK, { delayMs: 4_500, fails: true }),
  'answers-in-2s': ({ receiver }) => receiver.behave(SICK_HOOK, { delayMs: 2_000 }),
  'refuses': async ({ pipeline, freePort }) => {
    const { id } = pipeline.endpoints.find(({ url }) => url.endsWith(SICK_HOOK));
    await pipeline.call('PATCH', `/v1/endpoints/${id}`, { url: `http://127.0.0.1:${await freePort()}/` });
  },
};
/** Short enough that most of a measurement runs with attempts that have timed out. */
const SICK_TIMEOUT_MS = { 'times-out': 2_000 };

export const failing = {
  ...DISTURBED,
  name: 'failing',
  title: 'Every event goes to two endpoints, one of which falls sick: what the healthy one gets, before and after',
  rounds: 2,
  seconds: 6,
  plots: ['p99Ms', 'deliveredPerSecond'],
  parts: Object.entries(sicknesses).map(([sickness, fall]) => ({
    name: sickness,
    pipelines: ['product'],
    run: async (bench, name) => {
      const { receiver } = bench;
      const timeoutMs = SICK_TIMEOUT_MS[sickness] ?? 15_000;
      const endpoints = [{ url: receiver.urlOf(MAIN_HOOK) }, { url: receiver.urlOf(SICK_HOOK), timeoutMs }];
      await withPipeline(bench, name, { endpoints }, async (setting) => {
        await warmUp(setting, { events: WARM_UP_EVENTS });
        await measureDisturbed(setting, sickness, () => fall(setting));
      });
      await receiver.behave(SICK_HOOK);
    },
  })),
};
