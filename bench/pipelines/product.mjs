import { setTimeout as delay } from 'node:timers/promises';
import { startBuiltApp } from '../harness/built-app.mjs';
import { freePort } from '../harness/built-code.mjs';
import { createPipelineData } from '../harness/pipeline-data.mjs';

const ADMIN_KEY = 'bench-admin-key-of-this-run-only';
const OWNED_TIMEOUT_MS = 60_000;

/**
 * Starts the product as it is deployed: built, and with its default configuration.
 * @param {object} bench servers, folder
 * @param {object} [options]
 * @param {object} [options.data] of an earlier start; by default new
 * @param {Record<string, unknown>[]} [options.endpoints] to create when the data is new
 * @param {Record<string, string>} [options.env] settings that differ from their defaults
 */
export async function startProduct({ servers, folder }, { data, gateways = 1, dispatchers = 1, endpoints = [], env = {} } = {}) {
  const isNew = data === undefined;
  const own = data ?? (await createPipelineData(servers, 'product'));
  const appEnv = {
    // Nothing of the shell's environment: its LOG_LEVEL or NODE_OPTIONS would change what is measured.
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: own.databaseUrl,
    KAFKA_BROKERS: servers.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: own.topicPrefix,
    LOCKSTEP_ADMIN_KEY: ADMIN_KEY,
    LOCKSTEP_SECRET_KEY: 'a-secret-key-for-this-bench-run-only',
    LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    ...env,
  };
  const running = new Map();
  const startApp = async (app, name) => {
    const program = await startBuiltApp({ app, name: `product-${own.id}-${name}`, env: appEnv, folder, port: await freePort() });
    running.set(name, program);
    return program;
  };
  const startAll = async (app, count) => {
    const programs = [];
    for (let n = 1; n <= count; n++) programs.push(await startApp(app, n === 1 ? app : `${app}-${n}`));
    return programs;
  };
  const stopAll = async (matches) => {
    const names = [...running.keys()].filter(matches);
    await Promise.all(names.map((name) => running.get(name).stop()));
    for (const name of names) running.delete(name);
  };
  const startedGateways = await startAll('gateway', gateways);
  const call = (method, target, body) => callApi(startedGateways[0].url, method, target, body);
  if (isNew) for (const endpoint of endpoints) await call('POST', '/v1/endpoints', endpoint);
  const { data: knownEndpoints } = await call('GET', '/v1/endpoints');
  const pipeline = {
    name: 'product',
    data: own,
    get pids() {
      return Object.fromEntries([...running].map(([name, { pid }]) => [name, pid]));
    },
    loadArguments: [...startedGateways.flatMap(({ url }) => ['--url', `${url}/v1/events`]), '--header', `Authorization: Bearer ${ADMIN_KEY}`],
    call,
    endpoints: knownEndpoints,
    // Of the last day only. Retention drops older events during a measurement, and they must not count as lost.
    countEvents: async () => Number((await own.query("select count(*) from events where id >= uuid_floor(now() - interval '1 day')"))[0].count),
    countWaiting: async () => Number((await own.query('select count(*) from outbox'))[0].count),
    startDispatchers: async (count = 1) => {
      await startAll('dispatcher', count);
      await untilOwned(own, count);
    },
    stopDispatchers: () => stopAll((name) => name.startsWith('dispatcher')),
    stop: () => stopAll(() => true),
  };
  if (dispatchers > 0) await pipeline.startDispatchers(dispatchers);
  return pipeline;
}

/** A dispatcher reports ready before the Kafka group has assigned the shards to it. */
async function untilOwned(data, dispatchers) {
  const deadline = performance.now() + OWNED_TIMEOUT_MS;
  for (;;) {
    const [{ owners, unowned }] = await data.query(
      'select count(distinct owner)::integer as owners, (count(*) filter (where owner is null or expires_at < now()))::integer as unowned from shard_leases',
    );
    if (owners === dispatchers && unowned === 0) return;
    if (performance.now() > deadline) throw new Error(`After ${OWNED_TIMEOUT_MS / 1_000} s ${owners} of ${dispatchers} dispatchers own shards, and ${unowned} shards have no owner`);
    await delay(100);
  }
}

async function callApi(gatewayUrl, method, target, body) {
  const response = await fetch(`${gatewayUrl}${target}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${target} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
