import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { describeProcess, waitForExit } from '#dev/embedded/process-info';
import { freePort } from '#dev/testing/free-port';
import type { StackFile } from './stack-file.js';

// The supervisor as a separate process. A fixture replaces the apps, and the servers' addresses are never used.
jest.setTimeout(30_000);

let dataDir: string;
let port: number;
const started: RunningSupervisor[] = [];

interface RunningSupervisor {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-stack-'));
  port = await freePort();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map(async (supervisor) => {
    supervisor.process.kill('SIGTERM');
    await supervisor.exit;
  }));
  await rm(dataDir, { recursive: true, force: true });
});

function supervise(environment: Record<string, string> = {}): RunningSupervisor {
  const script = path.join(projectRoot(), 'apps', 'stack', 'fixtures', 'run-stack.ts');
  const child = spawn(process.execPath, ['--conditions=source', '--import', '@swc-node/register/esm-register', script], {
    cwd: projectRoot(),
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none',
      KAFKA_BROKERS: '127.0.0.1:1',
      LOCKSTEP_SECRET_KEY: 'test-secret-key-0123456789abcdef0123456789',
      PORT: String(port),
      LOCKSTEP_DEMO: 'off',
      LOCKSTEP_DATA_DIR: dataDir,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const supervisor = { process: child, output: () => text, exit };
  started.push(supervisor);
  return supervisor;
}

async function eventually<T>(what: string, find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() >= deadline) throw new Error(`Not within 15 s: ${what}\n${started.map(({ output }) => output()).join('\n---\n')}`);
    await delay(20);
  }
}

async function stackFile(): Promise<StackFile | undefined> {
  const text = await readFile(path.join(dataDir, 'stack.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as StackFile);
}

function ready(): Promise<StackFile> {
  return eventually('stack.json', stackFile);
}

function pidsOf(file: StackFile): number[] {
  return file.processes.map(({ pid }) => pid);
}

test('writes stack.json, passes the environment to the apps, restarts a killed app, and stops cleanly', async () => {
  const supervisor = supervise({ LOCKSTEP_GATEWAYS: '2' });
  const first = await ready();
  expect(first).toMatchObject({ pid: supervisor.process.pid, databaseUrl: 'postgres://nobody:secret@127.0.0.1:1/none', kafkaBrokers: '127.0.0.1:1' });
  expect(first.processes.map(({ app, instance }) => `${app} ${instance}`)).toEqual(['gateway 0', 'gateway 1', 'dispatcher 0']);
  expect(first.processes.map(({ url }) => url).slice(0, 2)).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`]);
  const environment: unknown = await (await fetch(`${first.processes[0]?.url ?? ''}/health/ready`)).json();
  expect(environment).toEqual({ NODE_ENV: 'production', networks: '127.0.0.0/8,::1/128' });

  const [victim = 0, ...others] = pidsOf(first);
  process.kill(victim, 'SIGKILL');
  const second = await eventually('another pid in stack.json', async () => {
    const file = await stackFile();
    return file !== undefined && !pidsOf(file).includes(victim) ? file : undefined;
  });
  expect(pidsOf(second).slice(1)).toEqual(others);
  await eventually('a line about the killed app', () => (supervisor.output().includes(`gateway-0 (pid ${victim}) exited with signal SIGKILL`) ? true : undefined));

  supervisor.process.kill('SIGTERM');
  expect(await supervisor.exit).toBe(0);
  expect(await stackFile()).toBeUndefined();
  expect(await Promise.all(pidsOf(second).map(describeProcess))).toEqual([undefined, undefined, undefined]);
});

test('the summary masks secrets and shows a generated key once; the next start uses the same key', async () => {
  const first = supervise();
  await eventually('the summary', () => (first.output().includes('Admin key') ? true : undefined));
  await ready();
  const key = (await readFile(path.join(dataDir, 'admin-key'), 'utf8')).trim();
  expect(key).toMatch(/^[\w-]{32,}$/);
  expect((await stat(path.join(dataDir, 'admin-key'))).mode & 0o777).toBe(0o600);
  expect(first.output()).toContain(key);
  expect(first.output()).not.toContain('secret@');
  first.process.kill('SIGTERM');
  await first.exit;

  const second = supervise();
  await eventually('the summary', () => (second.output().includes('Admin key') ? true : undefined));
  expect(second.output()).not.toContain(key);
  expect((await readFile(path.join(dataDir, 'admin-key'), 'utf8')).trim()).toBe(key);
});

test('the error for a taken port names the variable to change', async () => {
  const other = createServer();
  other.listen(port + 1, '127.0.0.1');
  await once(other, 'listening');
  const supervisor = supervise({ LOCKSTEP_GATEWAYS: '2' });
  expect(await supervisor.exit).toBe(1);
  expect(supervisor.output()).toContain(`Port ${port + 1} is taken: set PORT to another`);
  other.close();
});

test('a second stack on the same data folder fails and names the pid of the first', async () => {
  const first = supervise();
  await ready();
  const second = supervise({ PORT: String(await freePort()) });
  expect(await second.exit).toBe(1);
  expect(second.output()).toContain(`A stack (pid ${first.process.pid}) is running on ${dataDir}`);
  expect(await stackFile()).toMatchObject({ pid: first.process.pid });
});

test('kill -9 of the supervisor stops its apps, and the next start on the same ports waits for them', async () => {
  const first = supervise({ FIXTURE_DRAIN_MS: '1000' });
  const file = await ready();
  const apps = (await Promise.all(pidsOf(file).map(describeProcess))).filter((info) => info !== undefined);
  expect(apps).toHaveLength(2);
  first.process.kill('SIGKILL');
  await first.exit;
  const second = supervise();
  await eventually('the second stack.json', async () => ((await stackFile())?.pid === second.process.pid ? true : undefined));
  expect(await Promise.all(apps.map((info) => waitForExit(info, 0)))).toEqual([true, true]);
});

test('a stale lock does not prevent a start, even if its pid belongs to another process', async () => {
  await writeFile(path.join(dataDir, 'stack.lock'), JSON.stringify({ pid: process.pid, startMark: 'long ago' }));
  supervise();
  await ready();
});

test('one Ctrl-C drains although it arrives twice through npm; a second one kills the apps', async () => {
  const supervisor = supervise({ FIXTURE_DRAIN_MS: '14000' });
  await ready();
  supervisor.process.kill('SIGINT');
  supervisor.process.kill('SIGINT');
  await eventually('the drain', () => (supervisor.output().includes('draining and stopping') ? true : undefined));
  expect(supervisor.output()).not.toContain('Killing the apps');
  // One signal at a time: a signal during the exit of the process would end it.
  let sentAtMs = -Infinity;
  await eventually('the end of the drain', () => {
    if (supervisor.output().includes('Killing the apps')) return true;
    if (performance.now() - sentAtMs < 2_000) return undefined;
    sentAtMs = performance.now();
    supervisor.process.kill('SIGINT');
    return undefined;
  });
  expect(await supervisor.exit).toBe(0);
});

test('an app that exits at each start makes the start fail with the last lines of its log', async () => {
  const supervisor = supervise({ FIXTURE_ENDS: 'yes' });
  expect(await supervisor.exit).toBe(1);
  expect(supervisor.output()).toMatch(/-0 exited during its start 3 times\. The last lines of .*-0\.log:\n {2}Error: wrong settings/);
});

test('an unknown setting makes the start fail with its name', async () => {
  const supervisor = supervise({ LOCKSTEP_GATEWAY: '2' });
  expect(await supervisor.exit).toBe(1);
  expect(supervisor.output()).toContain('LOCKSTEP_GATEWAY ');
});
