import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { AppUnderTest } from '#dev/testing/app-under-test';
import { type Servers, startDatabase } from '#dev/testing/servers';
import { waitUntil } from '#dev/testing/wait-until';
import { Backend } from '../fixtures/backend.js';
import { Client } from '../fixtures/client.js';

jest.setTimeout(120_000);

const WORK_MS = 45_000;

let servers: Pick<Servers, 'databaseUrl' | 'postgres' | 'stop'>;
let backend: Backend;
let proxies: AppUnderTest[];
let clients: Client[];

beforeAll(async () => {
  servers = await startDatabase();
  backend = await Backend.start();
  const env = { NODE_ENV: 'production', LOG_LEVEL: 'fatal', DATABASE_URL: servers.databaseUrl, UPSTREAM_URL: backend.url };
  proxies = [await AppUnderTest.launch('proxy', env), await AppUnderTest.launch('proxy', env)];
  for (const proxy of proxies) await proxy.ready();
  clients = proxies.map(({ url }) => new Client(url));
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(proxies.map((proxy) => proxy.signal('SIGKILL')));
  await backend.stop();
  await servers.stop();
});

test('45 s of work with a lease of 30 s: a second caller gets 409 all the time, and the stored answer afterwards', async () => {
  const key = randomBytes(8).toString('hex');
  backend.respond = (_call, response) => void setTimeout(() => response.writeHead(201).end('done'), WORK_MS);
  const [here, there] = clients;
  const first = here?.send(key);
  let over = false;
  void first?.finally(() => (over = true));
  await waitUntil('the call', () => backend.calls.length === 1);
  const seen = new Set<unknown>();
  while (!over) {
    for (const client of clients) {
      const { status, code, headers } = await client.send(key);
      seen.add(status === 201 ? `replayed ${String(headers['idempotent-replayed'])}` : code);
    }
    await delay(500);
  }
  expect(await first).toMatchObject({ status: 201, text: 'done' });
  expect(await there?.send(key)).toMatchObject({ status: 201, text: 'done', headers: { 'idempotent-replayed': 'true' } });
  // The last iteration may have got the answer.
  expect([...seen].filter((each) => each !== 'replayed true')).toEqual(['request_in_progress']);
  expect(backend.calls.length).toBe(1);
});
