import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { type ProcessInfo, waitForExit } from '#dev/embedded/process-info';
import { systemErrorCode } from '#dev/embedded/system-error';
import { freePort } from '#dev/testing/free-port';
import { descendantsOf } from '../fixtures/descendants.js';
import { type RunningNpm, runNpm, waitForOutput } from '../fixtures/run-npm.js';
import type { StackFile } from './stack-file.js';

// As for a new user: the built apps, the embedded servers, the demo.
jest.setTimeout(120_000);

let dataDir: string;
let port: number;
let npm: RunningNpm | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-npm-'));
  port = await freePort();
});

afterEach(async () => {
  npm?.process.kill('SIGTERM');
  await npm?.exit;
  npm = undefined;
});

afterAll(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

function npmStart(environment: Record<string, string> = {}): RunningNpm {
  npm = runNpm(['start'], projectRoot(), { PORT: String(port), LOCKSTEP_DATA_DIR: dataDir, ...environment });
  return npm;
}

async function acceptsConnections(host: string, url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

async function stackFile(): Promise<StackFile> {
  return JSON.parse(await readFile(path.join(dataDir, 'stack.json'), 'utf8')) as StackFile;
}

async function expectAllExit(processes: readonly ProcessInfo[]): Promise<void> {
  const running = await Promise.all(processes.map(async (info) => ((await waitForExit(info, 20_000)) ? [] : [info.command])));
  expect(running.flat()).toEqual([]);
}

test('npm start shows the demo without events out of order, and SIGTERM to npm stops everything', async () => {
  const running = npmStart();
  await waitForOutput(running, 'Demo done');
  expect(running.output()).toMatch(/order\.paid +attempt 1 {2}503 {2}← refused/);
  expect(running.output()).toMatch(/attempt 2 {2}200 {2}✓ retried, order kept/);
  expect(running.output()).toContain('36 events delivered');
  expect(running.output()).toContain('0 out of order');

  const processes = await descendantsOf(running.process.pid ?? 0);
  const { processes: apps } = await stackFile();
  expect(apps.map(({ app }) => app)).toEqual(['gateway', 'dispatcher']);
  for (const { app, pid } of apps) {
    expect(processes.find((info) => info.pid === pid)?.command).toContain(`dist/apps/${app}/`);
  }
  // All of 127.0.0.0/8 is this machine (RFC 1122, 3.2.1.3), so an app on all addresses would answer on 127.0.0.2.
  expect(await Promise.all(apps.map(({ url }) => acceptsConnections('127.0.0.1', url)))).toEqual([true, true]);
  expect(await Promise.all(apps.map(({ url }) => acceptsConnections('127.0.0.2', url)))).toEqual([false, false]);
  running.process.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  await expectAllExit(processes);
});

test('kill -9 of npm leaves no process running, and the next start has the data', async () => {
  const first = npmStart({ LOCKSTEP_DEMO: 'off' });
  await waitForOutput(first, 'Lockstep is ready');
  const key = (await readFile(path.join(dataDir, 'admin-key'), 'utf8')).trim();
  const eventsOf = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/v1/events?entity=order-1001`, { headers: { authorization: `Bearer ${key}` } })).json();
  expect(await eventsOf()).toMatchObject({ data: [{}, {}, {}, {}] });
  const processes = await descendantsOf(first.process.pid ?? 0);
  first.process.kill('SIGKILL');
  await expectAllExit(processes);

  const second = npmStart({ LOCKSTEP_DEMO: 'off' });
  await waitForOutput(second, 'Lockstep is ready');
  expect(await eventsOf()).toMatchObject({ data: [{}, {}, {}, {}] });

  // The same for the supervisor, with the next start at once.
  const supervised = await descendantsOf(second.process.pid ?? 0);
  process.kill((await stackFile()).pid, 'SIGKILL');
  await second.exit;
  const third = npmStart({ LOCKSTEP_DEMO: 'off' });
  await waitForOutput(third, 'Lockstep is ready');
  await expectAllExit(supervised);
});
