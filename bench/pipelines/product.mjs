import { setTimeout as delay } from 'node:timers/promises';
import { startBuiltApp } from '../harness/built-app.mjs';
import { createGround } from '../harness/grounds.mjs';

const ADMIN_KEY = 'bench-admin-key-of-this-run-only';
const OWNED_TIMEOUT_MS = 60_000;

/**
 * Starts the product as it is deployed, built and with its defaults.
 * @param {object} bench servers, folder, freePort
 * @param {object} [options]
 * @param {object} [options.ground] that another start has used; else a new one
 * @param {Record<string, unknown>[]} [options.endpoints] that a new ground gets
 * @param {Record<string, string>} [options.env] what is not to have its default
 */
export async function startProduct(bench, { ground, gateways = 1, dispatchers = 1, endpoints = [], env = {} } = {}) {
  const { servers, folder, freePort } = bench;
  const isNew = ground === undefined;
  const base = ground ?? (await createGround(servers, 'product'));
  const appEnv = {
    // Nothing of our own environment: a LOG_LEVEL or NODE_OPTIONS of the shell is not what is measured.
    PATH: process.env.PATH,
    NODE_ENV: 'production',
    DATABASE_URL: base.databaseUrl,
    KAFKA_BROKERS: servers.kafkaBrokers,
    KAFKA_TOPIC_PREFIX: base.topicPrefix,
    LOCKSTEP_ADMIN_KEY: ADMIN_KEY,
    LOCKSTEP_SECRET_KEY: 'a-secret-key-for-this-bench-run-only',
    LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    ...env,
  };
  const running = new Map();
  const startApp = async (app, name) => {
    const program = await startBuiltApp({ app, name: `product-${base.id}-${name}`, env: appEnv, folder, port: await freePort() });
    running.set(name, program);
    return program;
  };
  const startAll = async (app, count) => {
    const programs = [];
    for (let n = 1; n <= count; n++) programs.push(await startApp(app, n === 1 ? app : `${app}-${n}`));
    return programs;
  };
  const stopAll = async (isOne) => {
    const names = [...running.keys()].filter(isOne);
    await Promise.all(names.map((name) => running.get(name).stop()));
    for (const name of names) running.delete(name);
  };
  const started = await startAll('gateway', gateways);
  const call = (method, target, body) => callApi(started[0].url, method, target, body);
  if (isNew) for (const endpoint of endpoints) await call('POST', '/v1/endpoints', endpoint);
  const { data: made } = await call('GET', '/v1/endpoints');
  const pipeline = {
    name: 'product',
    ground: base,
    get pids() {
      return Object.fromEntries([...running].map(([name, { pid }]) => [name, pid]));
    },
    loadArguments: [...started.flatMap(({ url }) => ['--url', `${url}/v1/events`]), '--header', `Authorization: Bearer ${ADMIN_KEY}`],
    call,
    endpoints: made,
    // Since yesterday: what retention drops meanwhile is older, and must not look as if it were lost.
    countEvents: async () => Number((await base.query("select count(*) from events where id >= uuid_floor(now() - interval '1 day')"))[0].count),
    countWaiting: async () => Number((await base.query('select count(*) from outbox'))[0].count),
    startDispatchers: async (count = 1) => {
      await startAll('dispatcher', count);
      await untilOwned(base, count);
    },
    stopDispatchers: () => stopAll((name) => name.startsWith('dispatcher')),
    stop: () => stopAll(() => true),
  };
  if (dispatchers > 0) await pipeline.startDispatchers(dispatchers);
  return pipeline;
}

/** A dispatcher is ready before the group has shared the shards out again. */
async function untilOwned(ground, dispatchers) {
  const deadline = performance.now() + OWNED_TIMEOUT_MS;
  for (;;) {
    const [{ owners, unowned }] = await ground.query(
      'select count(distinct owner)::integer as owners, (count(*) filter (where owner is null or expires_at < now()))::integer as unowned from shard_leases',
    );
    if (owners === dispatchers && unowned === 0) return;
    if (performance.now() > deadline) throw new Error(`After ${OWNED_TIMEOUT_MS / 1_000} s ${owners} of ${dispatchers} dispatchers own shards, and ${unowned} shards are nobody's`);
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
