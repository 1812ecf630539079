import { CONNECTIONS, measureIngest, warmUp } from '../measure/measures.mjs';
import { withLoadArguments, withPipeline } from '../pipelines/pipelines.mjs';

const WARM_UP_EVENTS = 20_000;
/** Each turn measures every key, because the speed of a machine drifts. */
const TURNS = 2;
/** A limit that nothing reaches: what is measured is its price. */
const HIGH_LIMIT = { perSecond: 100_000, burst: 100_000 };

/** The same pipeline, posting with another key. */
function withKey(setting, key) {
  return withLoadArguments(setting, setting.pipeline.loadArguments.map((argument) => (argument.startsWith('Authorization:') ? `Authorization: Bearer ${key}` : argument)));
}

async function createKey({ pipeline }, settings) {
  const { key } = await pipeline.call('POST', '/v1/api-keys', { name: 'bench', scopes: ['ingest'], ...settings });
  return key;
}

export const tenantKey = {
  name: 'tenant-key',
  title: 'Accepting events with an API key of a tenant, without and with a rate limit, compared with the admin key: 100 connections, closed loop, no dispatcher',
  rounds: 3,
  seconds: 5,
  reference: 'admin key',
  metrics: { acceptedPerSecond: 'accepted/s', p50Ms: 'p50 ms', p99Ms: 'p99 ms' },
  plots: ['acceptedPerSecond', 'p99Ms'],
  parts: [
    {
      name: 'turns',
      pipelines: ['product'],
      run: (bench, name) =>
        withPipeline(bench, name, { dispatchers: 0 }, async (setting) => {
          const args = ['--connections', String(CONNECTIONS), '--seconds', String(setting.seconds)];
          const keys = { 'API key': await createKey(setting, {}), 'API key with a limit': await createKey(setting, { ingestRateLimit: HIGH_LIMIT }) };
          await warmUp(setting, { events: WARM_UP_EVENTS, delivers: false });
          for (let turn = 0; turn < TURNS; turn++) {
            const admin = await measureIngest(setting, args);
            for (const [caseName, key] of Object.entries(keys)) {
              setting.record(caseName, await measureIngest(withKey(setting, key), args));
              setting.record(caseName, admin, true);
            }
          }
        }),
    },
  ],
};
