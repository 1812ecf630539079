import { spawn } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { freePort } from '#dev/testing/free-port';
import { describeProcess, waitForExit } from './process-info.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';

let dataDir: string;
const running: PostgresServer[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-postgres-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, port: await freePort(), onLog: () => undefined, fsync: false });
  running.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

test('data, database and password survive a restart', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  const passwordFile = await stat(path.join(dataDir, 'superuser-password'));
  expect(passwordFile.mode & 0o777).toBe(0o600);
  await first.stop();
  expect(await describeProcess(first.pid)).toBeUndefined();

  const second = await start();
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
});

test('runs with the settings of the benchmarks, on loopback only', async () => {
  const server = await start();
  const rows = await query(
    server.url,
    `SELECT name, setting FROM pg_settings
     WHERE name IN ('listen_addresses', 'jit', 'max_connections', 'synchronous_commit', 'server_encoding') ORDER BY name`,
  );
  expect(Object.fromEntries(rows.map((row) => [row['name'], row['setting']]))).toEqual({
    jit: 'off',
    listen_addresses: '127.0.0.1',
    max_connections: '200',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
  });
});

test('a postmaster.pid left by kill -9 does not prevent the next start, even if its pid belongs to another process', async () => {
  const first = await start();
  await first.stop();
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    const cluster = path.join(dataDir, 'cluster');
    await writeFile(path.join(cluster, 'postmaster.pid'), `${other.pid ?? 0}\n${cluster}\n1\n5432\n\n127.0.0.1\n`);
    const second = await start();
    expect(await query(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await describeProcess(other.pid ?? 0)).toBeDefined();
  } finally {
    other.kill('SIGKILL');
  }
});

test('a second start on the same folder fails and names the pid of the first', async () => {
  const first = await start();
  await expect(start()).rejects.toMatchObject({
    code: 'data_folder_in_use',
    message: expect.stringContaining(String(first.pid)) as unknown,
  });
  expect(await query(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
});

test('a server whose guard is killed stops, and the next start recovers its data', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n');
  const server = await describeProcess(first.pid);
  if (server === undefined) throw new Error('not running');
  process.kill(server.parentPid, 'SIGKILL');
  await first.exited;
  expect(await waitForExit(server, 0)).toBe(true);
  const second = await start();
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
});
