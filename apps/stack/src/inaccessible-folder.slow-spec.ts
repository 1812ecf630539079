import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { freePort } from '#dev/testing/free-port';
import { type RunningNpm, runNpm, waitForOutput } from '../fixtures/run-npm.js';

jest.setTimeout(120_000);
const run = promisify(execFile);

let folder: string;
let npm: RunningNpm | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lockstep-inaccessible-'));
});

afterEach(async () => {
  npm?.process.kill('SIGTERM');
  await npm?.exit;
  npm = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** A clone with copies of node_modules and dist, which saves a minute. */
async function cloneProject(): Promise<string> {
  const clone = path.join(folder, 'lockstep');
  await run('git', ['clone', '--quiet', projectRoot(), clone]);
  const modules = path.join(projectRoot(), 'node_modules');
  // Hard links, or copies if the folders are on different file systems.
  await run('cp', ['-al', modules, clone]).catch(() => run('cp', ['-a', modules, clone]));
  // Copies, because a build in the clone would change this project's files through links.
  await run('cp', ['-a', path.join(projectRoot(), 'dist'), clone]);
  return clone;
}

// If the test runs as root, PostgreSQL runs as a user without access to this folder.
test('a clone below a folder without access for other users starts, accepts an event, and runs a test', async () => {
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const clone = await cloneProject();
  const port = await freePort();

  npm = runNpm(['start'], clone, { PORT: String(port), LOCKSTEP_DEMO: 'off' });
  await waitForOutput(npm, 'Lockstep is ready');
  const key = (await readFile(path.join(clone, '.lockstep', 'admin-key'), 'utf8')).trim();
  const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'order.created', entity: 'order-42', data: { total: 42 } }),
  });
  expect(answer.status).toBe(202);
  npm.process.kill('SIGTERM');
  expect(await npm.exit).toBe(0);

  npm = runNpm(['test', '--', 'installation.int-spec'], clone, {});
  await once(npm.process, 'close');
  expect(npm.output()).toMatch(/\n\d+ passed, 0 failed\n$/);
});
