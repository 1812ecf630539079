import { existsSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from './processes.mjs';
import { deleteTopics } from './servers.mjs';

const ROOT = path.dirname(import.meta.dirname);
const ADMIN_KEY = 'bench-admin-key-of-this-run-only';

/** Starts the product as it is deployed, built and with its defaults, on a database and topics of its own. */
export async function startProduct({ id, servers, receiver, folder, freePort, delivers }) {
  const database = `bench_product_${id}`;
  const databaseUrl = await servers.databases.create(database);
  const prefix = `product-${id}.`;
  // Only now: it is built by the time it is started.
  const { NODE_FLAGS } = await import(path.join(ROOT, 'dist', 'libs', 'startup', 'src', 'node-flags.js'));
  const start = async (app) => {
    const file = path.join(ROOT, 'dist', 'apps', app, 'src', 'main.js');
    if (!existsSync(file)) throw new Error(`${path.relative(ROOT, file)} is not there: is there an apps/${app}/src/main.ts?`);
    const port = await freePort();
    const env = {
      // Nothing of our own environment: a LOG_LEVEL or NODE_OPTIONS of the shell is not what is measured.
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      KAFKA_BROKERS: servers.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: prefix,
      LOCKSTEP_ADMIN_KEY: ADMIN_KEY,
      LOCKSTEP_SECRET_KEY: 'a-secret-key-for-this-bench-run-only',
      LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
    };
    const program = startProgram({ name: `product-${id}-${app}`, file, env, folder, nodeFlags: NODE_FLAGS });
    const url = `http://127.0.0.1:${port}`;
    await program.whenReady(() => fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false));
    return { ...program, url };
  };
  const gateway = await start('gateway');
  await createEndpoint(gateway.url, receiver.url);
  const dispatcher = delivers ? await start('dispatcher') : undefined;
  return {
    pids: { gateway: gateway.pid, ...(dispatcher === undefined ? {} : { dispatcher: dispatcher.pid }) },
    loadArguments: ['--url', `${gateway.url}/v1/events`, '--header', `Authorization: Bearer ${ADMIN_KEY}`],
    countStored: async () => Number((await servers.databases.query(databaseUrl, 'select count(*) from events'))[0].count),
    stopDispatcher: () => dispatcher?.stop(),
    stop: async () => {
      await Promise.all([gateway.stop(), dispatcher?.stop()]);
      await servers.databases.drop(database);
      await deleteTopics(servers.kafka, prefix);
    },
  };
}

async function createEndpoint(gatewayUrl, url) {
  const response = await fetch(`${gatewayUrl}/v1/endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  });
  if (response.status !== 201) throw new Error(`POST /v1/endpoints answered ${response.status}: ${await response.text()}`);
}
