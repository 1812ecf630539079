import { measureIngest, measureLatency, warmUp } from '../measure/measures.mjs';
import { withLoadArguments, withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 20_000;
const RATE = 1_000;
const SECRET = 'a-webhook-secret-for-this-bench-run-only';
/** Each turn measures posts and webhooks, because the speed of a machine drifts. */
const TURNS = 2;

/** The same pipeline, whose events go to a source that checks their signatures. */
async function toSource(setting) {
  const settings = { id: 'header:idempotency-key', type: 'json:/type', entity: 'json:/entity' };
  const { id } = await setting.pipeline.call('POST', '/v1/sources', { name: 'bench', provider: 'hmac', secrets: [SECRET], settings });
  const loadArguments = setting.pipeline.loadArguments.map((argument) => argument.replace(/\/v1\/events$/, `/in/${id}`));
  return withLoadArguments(setting, [...loadArguments, '--sign', SECRET]);
}

async function inTurns(setting, caseName, measure) {
  const source = await toSource(setting);
  for (let turn = 0; turn < TURNS; turn++) {
    setting.record(caseName, await measure(setting), true);
    setting.record(caseName, await measure(source));
  }
}

export const webhook = {
  name: 'webhook',
  title: 'Signed webhooks of a source (HMAC) compared with POST /v1/events: delivered at 1,000 events/s, and accepted without a dispatcher on 100 connections',
  rounds: 3,
  seconds: 6,
  reference: 'POST /v1/events',
  metrics: { p50Ms: 'p50 ms', p99Ms: 'p99 ms', acceptedPerSecond: 'accepted/s' },
  plots: ['p50Ms', 'acceptedPerSecond'],
  parts: [
    {
      name: 'latency',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, {}, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS });
          await inTurns(setting, `rate-${RATE}`, (each) => measureLatency(each, { rate: RATE, seconds: setting.seconds }));
        }),
    },
    {
      name: 'ingest',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          await inTurns(setting, 'ingest', (each) => measureIngest(each, ['--connections', '100', '--seconds', String(setting.seconds)]));
        }),
    },
  ],
};
