import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { freePort } from '#dev/testing/free-port';
import { type ProcessInfo, describeProcess, waitForExit } from './process-info.js';

let folder: string;
let ports: number[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-orphans-'));
  ports = await Promise.all([freePort(), freePort(), freePort()]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Owner {
  readonly process: ChildProcess;
  readonly servers: readonly ProcessInfo[];
  readonly guards: readonly ProcessInfo[];
}

async function startOwner(): Promise<Owner> {
  const script = path.join(projectRoot(), 'libs', 'dev', 'embedded', 'fixtures', 'run-servers.ts');
  const args = ['--conditions=source', '--import', '@swc-node/register/esm-register', script, folder, ...ports.map(String)];
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  const pids = JSON.parse(line) as { servers: number[]; guards: number[] };
  return { process: owner, servers: await describeAll(pids.servers), guards: await describeAll(pids.guards) };
}

async function describeAll(pids: readonly number[]): Promise<ProcessInfo[]> {
  const found = await Promise.all(pids.map(describeProcess));
  return found.map((info, index) => info ?? fail(`pid ${pids[index]} is not running`));
}

function fail(message: string): never {
  throw new Error(message);
}

async function expectAllExit(processes: readonly ProcessInfo[]): Promise<void> {
  const results = await Promise.all(processes.map(async (info) => [info.command, await waitForExit(info, 20_000)] as const));
  expect(results.filter(([, hasExited]) => !hasExited)).toEqual([]);
}

test('kill -9 of the owner or a guard leaves no server running, and the next start on the data works', async () => {
  const first = await startOwner();
  first.process.kill('SIGKILL');
  // The guards are still stopping the servers.
  const second = await startOwner();
  await expectAllExit([...first.servers, ...first.guards]);

  // Without guards, the kernel or the next start stops the servers.
  for (const { pid } of second.guards) process.kill(pid, 'SIGKILL');
  second.process.kill('SIGKILL');
  const third = await startOwner();
  await expectAllExit(second.servers);

  third.process.kill('SIGKILL');
  await expectAllExit([...third.servers, ...third.guards]);
}, 60_000);
