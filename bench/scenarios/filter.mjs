import { measureThroughput, warmUp } from '../measure/measures.mjs';
import { round } from '../measure/statistics.mjs';
import { withPipeline } from '../pipelines/pipelines.mjs';
import { MAIN_HOOK } from '../load/receiver-handle.mjs';

const WARM_UP_EVENTS = 10_000;
/** Each turn measures all cases, because the speed of a machine drifts. */
const TURNS = 2;
const OTHERS = 10;
const MATCHING = '$.data.object.amount > 1000';
const NOT_MATCHING = '$.data.object.currency == "eur" && $.data.object.amount > 1000';

/** Settings of the endpoint that gets all events, and of the others, which get none. */
const REFERENCE = { main: { filter: null }, others: { filter: null, eventTypes: ['unheard'] } };
const CASES = {
  'one filter, which matches': { ...REFERENCE, main: { filter: MATCHING } },
  [`${OTHERS} filters, which do not match`]: { ...REFERENCE, others: { filter: NOT_MATCHING, eventTypes: ['*'] } },
};

/** The main endpoint's deliveries. Nothing else is delivered. */
async function measure(setting, { main, others }) {
  const [endpoint, ...rest] = setting.pipeline.endpoints.toReversed();
  for (const [{ id }, settings] of [[endpoint, main], ...rest.map((each) => [each, others])]) await setting.pipeline.call('PATCH', `/v1/endpoints/${id}`, settings);
  const result = await measureThroughput(setting, { seconds: setting.seconds });
  return { ...result, metrics: { ...result.metrics, postgresUs: round(result.cpuPer1000.postgres * 1_000) } };
}

export const filter = {
  name: 'filter',
  title: `Delivering to an endpoint with a filter that matches, and next to ${OTHERS} endpoints whose filters do not: 100 connections, closed loop`,
  rounds: 3,
  seconds: 8,
  reference: 'no filter',
  metrics: { deliveredPerSecond: 'deliveries/s', postgresUs: 'CPU µs of Postgres per event' },
  differences: ['postgresUs'],
  plots: ['deliveredPerSecond', 'postgresUs'],
  parts: [
    {
      name: 'turns',
      pipelines: ['product'],
      run: (bench, name) => {
        const others = Array.from({ length: OTHERS }, (_, n) => ({ url: bench.receiver.urlOf(`${MAIN_HOOK}/${n}`), eventTypes: ['unheard'] }));
        return withPipeline(bench, name, { endpoints: [{ url: bench.receiver.urlOf(MAIN_HOOK) }, ...others] }, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS });
          for (let turn = 0; turn < TURNS; turn++) {
            const reference = await measure(setting, REFERENCE);
            for (const [caseName, settings] of Object.entries(CASES)) {
              setting.record(caseName, await measure(setting, settings));
              setting.record(caseName, reference, true);
            }
          }
        });
      },
    },
  ],
};
