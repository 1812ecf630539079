import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { projectRoot } from '#ground/config/project-root';
import { freePort } from '#dev/testing/free-port';
import { waitUntil } from '#dev/testing/wait-until';

// As for a reader of the docs: the built app on embedded Postgres and Kafka, and the scripts that check it.
jest.setTimeout(120_000);

let dataDir: string;
let url: string;
let children: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-orders-'));
  url = `http://127.0.0.1:${await freePort()}`;
  children = [];
});

afterEach(async () => {
  for (const child of children.filter(({ exitCode }) => exitCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(dataDir, { recursive: true, force: true });
});

function run(script: string): { child: ChildProcess; output: () => string } {
  let output = '';
  const child = spawn('npm', ['run', script], {
    cwd: projectRoot(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PORT: new URL(url).port, LOCKSTEP_DATA_DIR: dataDir, ORDERS_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  children.push(child);
  return { child, output: () => output };
}

async function runToEnd(script: string): Promise<{ code: number; output: string }> {
  const { child, output } = run(script);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: output() };
}

test('the scripts fail against an app that places an order for each request', async () => {
  let orders = 0;
  const nonIdempotent = createServer((request, response) => {
    request.resume();
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `ord_${++orders}`, userId: '', amount: 0 }));
  });
  nonIdempotent.listen(Number(new URL(url).port), '127.0.0.1');
  await once(nonIdempotent, 'listening');
  try {
    for (const script of ['test-idempotency', 'test-concurrent']) expect(await runToEnd(script)).toMatchObject({ code: 1, output: expect.stringContaining('FAIL') });
  } finally {
    nonIdempotent.close();
    nonIdempotent.closeAllConnections();
  }
});

test('npm run start:orders passes the scripts, and its example works', async () => {
  // The app does not run yet.
  expect(await runToEnd('test-idempotency')).toMatchObject({ code: 1, output: expect.stringContaining('npm run start:orders') });

  const { child, output } = run('start:orders');
  await waitUntil(() => `the instructions in the output:\n${output()}`, () => output().includes('curl -i') || child.exitCode !== null, 90_000);
  for (const script of ['test-idempotency', 'test-concurrent']) {
    const { code, output: lines } = await runToEnd(script);
    expect(lines).toContain('All checks passed.');
    expect(lines).not.toContain('FAIL');
    expect(code).toBe(0);
  }
  // The example in the app's output.
  const response = await fetch(`${url}/orders`, { method: 'POST', body: '{"userId":"user-1","amount":4200}', headers: { 'content-type': 'application/json', 'idempotency-key': 'order-1' } });
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  await waitUntil('a confirmed order', async () => ((await (await fetch(`${url}${location}`)).json()) as { status: string }).status === 'confirmed');

  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(output()).toContain('Stopped.');
});
