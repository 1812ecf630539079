import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { freePort } from '#dev/testing/free-port';
import { waitUntil } from '#dev/testing/wait-until';

// As for a new user: the built proxy, the embedded Postgres, the demo's backend.
jest.setTimeout(120_000);

let dataDir: string;
let port: number;
let npm: ChildProcess | undefined;
let output: string;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-proxy-'));
  port = await freePort();
});

afterEach(async () => {
  if (npm?.exitCode === null) {
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
});

function run(script: string, environment: Record<string, string> = {}): ChildProcess {
  output = '';
  npm = spawn('npm', ['run', script], {
    cwd: projectRoot(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: String(port), LOCKSTEP_DATA_DIR: dataDir, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [npm.stdout, npm.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return npm;
}

test('npm run demo:proxy calls the backend once for a repeated key, even after a restart', async () => {
  const send = async (): Promise<[string, string | null]> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"amount":1}', headers: { 'idempotency-key': 'order-1' } });
    return [await response.text(), response.headers.get('idempotent-replayed')];
  };
  const answers: [string, string | null][] = [];
  for (let start = 0; start < 2; start++) {
    // An empty variable counts as unset.
    const child = run('demo:proxy', { DATABASE_URL: '' });
    await waitUntil(() => `the instructions in the output:\n${output}`, () => output.includes('curl -i') || child.exitCode !== null, 90_000);
    answers.push(await send(), await send());
    expect(output.match(/Backend: call \d+, /g) ?? []).toHaveLength(start === 0 ? 1 : 0);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(output).toContain('Stopped.');
  }
  expect(new Set(answers.map(([text]) => text)).size).toBe(1);
  expect(answers.map(([, replayed]) => replayed)).toEqual([null, 'true', 'true', 'true']);
});

test('npm run start:proxy without UPSTREAM_URL says what is missing', async () => {
  const child = run('start:proxy');
  const [code] = await once(child, 'exit') as [number];
  expect(code).toBe(1);
  expect(output).toContain('UPSTREAM_URL is not set');
});
