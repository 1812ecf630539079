import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { projectRoot } from '#ground/config/project-root';
import { type PostgresServer, startPostgres } from '#dev/embedded/postgres-server';
import { freePort } from '#dev/testing/free-port';
import { waitUntil } from '#dev/testing/wait-until';

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly output: () => string;
}

let folder: string;
let postgres: PostgresServer;
const started: Running[] = [];

/** The built gateway under plain Node, as an operator runs it. Without Kafka, which a gateway does not need. */
async function launch(database: string, env: Record<string, string> = {}): Promise<Running> {
  const [port, kafkaPort] = await Promise.all([freePort(), freePort()]);
  const url = new URL(postgres.url);
  url.pathname = `/${database}`;
  const child = spawn(process.execPath, ['--enable-source-maps', path.join(projectRoot(), 'dist', 'apps', 'gateway', 'src', 'main.js')], {
    env: {
      PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', LOG_LEVEL: 'info', PORT: String(port), DATABASE_URL: url.toString(), KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`, KAFKA_PARTITIONS: '4',
      LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789', LOCKSTEP_DRAIN_TIMEOUT: '2s', ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const running = { process: child, url: `http://127.0.0.1:${port}`, output: () => output };
  started.push(running);
  return running;
}

async function ready({ url, output }: Running): Promise<void> {
  await waitUntil(`readiness; output: ${output()}`, async () => (await fetch(`${url}/health/ready`).catch(() => undefined))?.ok);
}

async function exitOf({ process: child }: Running): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function createDatabase(name: string): Promise<void> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
}

function post(url: string, key: string): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify({ type: 'order.created', entity: 'order-1', data: {} }),
  });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-gateway-'));
  postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: await freePort(), onLog: () => undefined, fsync: false });
});

afterEach(async () => {
  for (const running of started.splice(0)) {
    running.process.kill('SIGKILL');
    await exitOf(running);
  }
});

afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the gateway as built, under plain Node', () => {
  it('waits for its database, generates an admin key and shows it once, accepts without Kafka, and stops cleanly', async () => {
    const first = await launch('fresh');
    await waitUntil('the log line about Postgres', () => first.output().includes('Waiting for Postgres'));
    expect((await fetch(`${first.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${first.url}/health/startup`)).status).toBe(503);
    expect((await post(first.url, 'any')).status).toBe(503);
    await createDatabase('fresh');
    await ready(first);
    const key = /^Lockstep's admin key, shown only this once: (\S+)$/m.exec(first.output())?.[1] ?? '';
    expect(key.length).toBeGreaterThanOrEqual(24);
    expect((await post(first.url, key)).status).toBe(202);
    expect(await (await fetch(`${first.url}/health/ready`)).json()).toMatchObject({ status: 'degraded', details: { kafka: { status: 'degraded' } } });
    const stoppedAtMs = performance.now();
    first.process.kill('SIGTERM');
    expect(await exitOf(first)).toBe(0);
    expect(performance.now() - stoppedAtMs).toBeLessThan(10_000);

    const second = await launch('fresh');
    await ready(second);
    expect(second.output()).not.toContain('admin key');
    expect((await post(second.url, key)).status).toBe(202);
    const other = await launch('fresh', { KAFKA_PARTITIONS: '8' });
    expect(await exitOf(other)).toBe(1);
    expect(other.output()).toMatch(/KAFKA_PARTITIONS is 8.*set up with 4/);
  });

  it('answers requests in flight when it stops', async () => {
    await createDatabase('draining');
    const gateway = await launch('draining', { LOCKSTEP_ADMIN_KEY: 'given-admin-key-0123456789' });
    await ready(gateway);
    const answers = Array.from({ length: 300 }, () => post(gateway.url, 'given-admin-key-0123456789').then(({ status }) => status, () => 'refused'));
    await Promise.race(answers);
    gateway.process.kill('SIGTERM');
    expect(await exitOf(gateway)).toBe(0);
    const accepted = (await Promise.all(answers)).filter((status) => status === 202).length;
    expect(new Set(await Promise.all(answers))).not.toContain(500);
    const url = new URL(postgres.url);
    url.pathname = '/draining';
    const client = new pg.Client(url.toString());
    await client.connect();
    expect((await client.query<{ count: number }>('select count(*)::int as count from events')).rows[0]?.count).toBe(accepted);
    await client.end();
  });

  it.each([
    [{ LOCKSTEP_RETRY_SCHEDULE: 'soon' }, /LOCKSTEP_RETRY_SCHEDULE/],
    [{ LOCKSTEP_COLOUR: 'red' }, /LOCKSTEP_COLOUR is not a setting/],
  ])('exits at once if its configuration is wrong: %j', async (env, message) => {
    const gateway = await launch('nowhere', env);
    expect(await exitOf(gateway)).toBe(1);
    expect(gateway.output().trim()).toMatch(message);
  });
});
