import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AppUnderTest } from '#dev/testing/app-under-test';
import { type Servers, startDatabase } from '#dev/testing/servers';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { waitUntil } from '#dev/testing/wait-until';
import { Backend } from '../fixtures/backend.js';
import { Client } from '../fixtures/client.js';

// Real processes, one database and one backend, with networks between them that a test can break.
const ROUTES = [
  { path: '/safe', takeover: 'safe', lease: '1s' },
  { path: '/open', failOpen: true },
  { path: '/hook', mode: 'webhook', refuseRegressed: true },
  { path: '/*', lease: '1s' },
];

let servers: Pick<Servers, 'databaseUrl' | 'postgres' | 'stop'>;
let backend: Backend;
let storeNetwork: TcpProxy;
let backendNetwork: TcpProxy;
let first: AppUnderTest;
let second: AppUnderTest;
let clients: readonly [Client, Client];

beforeAll(async () => {
  servers = await startDatabase();
  backend = await Backend.start();
  const store = new URL(servers.databaseUrl);
  storeNetwork = await TcpProxy.start(store.hostname, Number(store.port));
  backendNetwork = await TcpProxy.start('127.0.0.1', Number(new URL(backend.url).port));
  store.port = String(storeNetwork.port);
  const common = { NODE_ENV: 'production', LOG_LEVEL: 'fatal', LOCKSTEP_PROXY_ROUTES: JSON.stringify(ROUTES), LOCKSTEP_DRAIN_TIMEOUT: '1s' };
  // The second proxy's network never breaks.
  first = await AppUnderTest.launch('proxy', { ...common, DATABASE_URL: store.href, UPSTREAM_URL: `http://127.0.0.1:${backendNetwork.port}` });
  second = await AppUnderTest.launch('proxy', { ...common, DATABASE_URL: servers.databaseUrl, UPSTREAM_URL: backend.url });
  await Promise.all([first.ready(), second.ready()]);
  clients = [new Client(first.url), new Client(second.url)];
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([first, second].map((app) => app.signal('SIGKILL')));
  await Promise.all([storeNetwork.stop(), backendNetwork.stop(), backend.stop()]);
  await servers.stop();
});

beforeEach(() => {
  backend.calls.length = 0;
  backend.respond = (_call, response) => void response.writeHead(201).end(`call ${backend.calls.length}`);
});

const newKey = (): string => randomBytes(8).toString('hex');

/** A backend that answers its n-th call when the test says so. */
function gate(): (call: number) => void {
  const open = [1, 2, 3].map(() => Promise.withResolvers<void>());
  backend.respond = (_call, response) => {
    const call = backend.calls.length;
    void open[call - 1]?.promise.then(() => response.writeHead(201).end(`call ${call}`));
  };
  return (call) => open[call - 1]?.resolve();
}

const askFirst = (key: string, path = '/'): ReturnType<Client['send']> => clients[0].send(key, { path });
const askSecond = (key: string, path = '/'): ReturnType<Client['send']> => clients[1].send(key, { path });
/** Waits until the first proxy holds a claim. */
const untilHeld = () => waitUntil('a request that the first one holds', async () => (await first.metric('lockstep_idempotency_held_requests')) === 1);
/** The first answer of the second proxy other than request_in_progress. */
const afterLease = (key: string, path = '/') => waitUntil('the end of the lease', async () => {
  const answer = await askSecond(key, path);
  return answer.code === 'request_in_progress' ? undefined : answer;
});

/** The first proxy restarts while the test asks the second one. */
async function killAndRestart(): Promise<void> {
  await first.signal('SIGKILL');
  first.start();
}

/** Locks the table during `work`. `waiting` counts the statements that wait for the lock, or ends them. */
async function whileLocked(table: string, work: (waiting: (options?: { end: boolean }) => Promise<number>) => Promise<void>): Promise<void> {
  const locker = new pg.Client(servers.databaseUrl);
  const observer = new pg.Client(servers.databaseUrl);
  await Promise.all([locker.connect(), observer.connect()]);
  try {
    await locker.query(`begin; lock table ${table} in access exclusive mode`);
    await work(async ({ end } = { end: false }) => {
      const { rows } = await observer.query(`select ${end ? 'pg_terminate_backend(pid)' : 'pid'} from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'lockstep-proxy-idempotency'`);
      return rows.length;
    });
  } finally {
    await Promise.all([locker.end(), observer.end()]);
  }
}

describe('kill -9 of a proxy', () => {
  it('before the claim leaves no trace; during the exchange it leaves an indeterminate request', async () => {
    const key = newKey();
    await whileLocked('idempotent_requests', async (waiting) => {
      const before = askFirst(key).catch(() => undefined);
      await waitUntil('the claim at the lock', async () => (await waiting()) > 0);
      await first.signal('SIGKILL');
      await before;
      // Its session ends when Postgres notices the closed connection.
      await waitUntil('the end of its session', async () => (await waiting({ end: true })) === 0);
    });
    first.start();
    await first.ready();

    const open = gate();
    const during = askFirst(key).catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    expect((await askSecond(key)).code).toBe('request_in_progress');
    await killAndRestart();
    await during;
    expect(await afterLease(key)).toMatchObject({ status: 409, code: 'request_indeterminate' });
    open(1);
    await first.ready();
    expect(backend.calls.length).toBe(1);
  });

  it('during the exchange is taken over where that is safe; after it, the answer is replayed', async () => {
    const key = newKey();
    const open = gate();
    const during = askFirst(key, '/safe').catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    await killAndRestart();
    await during;
    open(2);
    expect(await afterLease(key, '/safe')).toMatchObject({ status: 201, text: 'call 2' });
    await second.signal('SIGKILL');
    second.start();
    await Promise.all([first.ready(), second.ready()]);
    for (const ask of [askFirst, askSecond]) expect(await ask(key, '/safe')).toMatchObject({ status: 201, text: 'call 2', headers: { 'idempotent-replayed': 'true' } });
    expect(backend.calls.length).toBe(2);
  });
});

describe('SIGSTOP of a proxy for longer than its lease, then SIGCONT', () => {
  it('a successor answers, and the proxy that wakes up changes nothing', async () => {
    const key = newKey();
    const open = gate();
    const stopped = askFirst(key, '/safe');
    await waitUntil('the call', () => backend.calls.length === 1);
    await first.signal('SIGSTOP');
    // The backend answers the stopped proxy too, whose client still waits.
    open(1);
    open(2);
    expect(await afterLease(key, '/safe')).toMatchObject({ status: 201, text: 'call 2' });
    await first.signal('SIGCONT');
    expect(await stopped).toMatchObject({ status: 409, code: 'request_in_progress' });
    for (const ask of [askFirst, askSecond]) expect(await ask(key, '/safe')).toMatchObject({ status: 201, text: 'call 2' });
    expect(await first.metric('lockstep_idempotency_superseded_total')).toBe(1);
    expect(await second.metric('lockstep_idempotency_takeovers_total')).toBeGreaterThanOrEqual(1);
  });

  it('without a successor, its answer replaces the indeterminate state', async () => {
    const key = newKey();
    const open = gate();
    const stopped = askFirst(key);
    await waitUntil('the call', () => backend.calls.length === 1);
    await first.signal('SIGSTOP');
    open(1);
    expect(await afterLease(key)).toMatchObject({ code: 'request_indeterminate' });
    await first.signal('SIGCONT');
    expect(await stopped).toMatchObject({ status: 201, text: 'call 1' });
    expect(await askSecond(key)).toMatchObject({ status: 201, text: 'call 1', headers: { 'idempotent-replayed': 'true' } });
  });
});

describe('Postgres away', () => {
  it('before the claim: no request is forwarded, except on routes that fail open; during the exchange: the answer is sent, and stored later', async () => {
    const [before, during] = [newKey(), newKey()];
    const open = gate();
    const forwarded = askFirst(during);
    await waitUntil('the call', () => backend.calls.length === 1);
    await servers.postgres.kill();
    const refused = await waitUntil('a refusal', async () => {
      const answer = await askFirst(before);
      return answer.code === 'store_unavailable' ? answer : undefined;
    });
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(backend.calls.length).toBe(1);
    open(1);
    expect(await forwarded).toMatchObject({ status: 201, text: 'call 1' });
    open(2);
    expect(await askFirst(newKey(), '/open')).toMatchObject({ status: 201, text: 'call 2' });
    expect(await clients[0].ask('/health/live', { method: 'GET' })).toMatchObject({ status: 200 });
    expect(await clients[0].ask('/health/ready', { method: 'GET' })).toMatchObject({ status: 503 });
    await servers.postgres.start();
    const stored = await waitUntil('the answer in the store', async () => {
      const answer = await askSecond(during);
      return answer.status === 201 ? answer : undefined;
    });
    expect(stored.text).toBe('call 1');
    open(3);
    await waitUntil('a request', async () => (await askFirst(before)).status === 201);
    expect(backend.calls.length).toBe(3);
  });

  it('between claim and check of a webhook lane: refused at once and not forwarded; the key is free when Postgres is back', async () => {
    const headers = { 'webhook-id': newKey(), 'lockstep-entity': 'order-1', 'lockstep-sequence': '1' };
    const send = (): ReturnType<Client['ask']> => clients[0].ask('/hook', { headers, body: 'x' });
    await waitUntil('a ready proxy', async () => (await clients[0].ask('/health/ready', { method: 'GET' })).status === 200);
    await whileLocked('webhook_positions', async (waiting) => {
      const refused = send();
      await waitUntil('the look at the lane', async () => (await waiting()) > 0);
      storeNetwork.cut();
      expect(await refused).toMatchObject({ status: 503, code: 'store_unavailable' });
      await waiting({ end: true });
    });
    expect(backend.calls).toEqual([]);
    storeNetwork.restore();
    await waitUntil('the delivery', async () => (await send()).status === 201);
    expect(backend.calls.length).toBe(1);
  });

  it.each(['slow', 'cut', 'half-open'])('behind a %s network: no request is carried out twice, and all succeed when the network is back', async (kind) => {
    const isReady = async (status: number): Promise<boolean> => (await clients[0].ask('/health/ready', { method: 'GET' })).status === status;
    await waitUntil('a ready proxy', () => isReady(200));
    const keys = Array.from({ length: 20 }, newKey);
    const takeAway = { slow: () => storeNetwork.delay(200), cut: () => storeNetwork.cut(), 'half-open': () => storeNetwork.halfOpen() }[kind];
    const sent = Promise.all(keys.map(async (key, i) => {
      if (i === 5) takeAway?.();
      return (await askFirst(key)).status;
    }));
    if (kind === 'slow') await sent;
    else {
      await waitUntil('what the fault does', () => isReady(503));
      storeNetwork.reset();
    }
    storeNetwork.restore();
    const answers = await sent;
    if (kind === 'slow') expect(new Set(answers)).toEqual(new Set([201]));
    expect(answers.filter((status) => ![201, 503].includes(status))).toEqual([]);
    // Refused requests succeed now, and those that were carried out get their answer.
    for (const key of keys) await waitUntil(`an answer for ${key}`, async () => (await askFirst(key)).status === 201);
    expect([...backend.callsByKey.values()].filter((calls) => calls !== 1)).toEqual([]);
    expect(backend.callsByKey.size).toBe(keys.length);
  });
});

describe('the backend behind a network that', () => {
  it('is slow: answers are late, and correct', async () => {
    const key = newKey();
    backendNetwork.delay(300);
    const answer = askFirst(key);
    await untilHeld();
    expect((await askSecond(key)).code).toBe('request_in_progress');
    expect(await answer).toMatchObject({ status: 201, text: 'call 1' });
    backendNetwork.restore();
    expect(await askSecond(key)).toMatchObject({ text: 'call 1' });
  });

  it('breaks while the backend works: the request is indeterminate', async () => {
    const key = newKey();
    backend.respond = () => undefined;
    const answer = askFirst(key);
    await waitUntil('the call', () => backend.calls.length === 1);
    backendNetwork.reset();
    expect(await answer).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    for (const ask of [askFirst, askSecond]) expect((await ask(key)).code).toBe('request_indeterminate');
    expect(backend.calls.length).toBe(1);
  });

  it('is dead: the request stays in progress while the proxy waits', async () => {
    const key = newKey();
    backendNetwork.halfOpen();
    const answer = askFirst(key);
    await untilHeld();
    const endsMs = performance.now() + 1_500;
    const seen = new Set<unknown>();
    while (performance.now() < endsMs) seen.add((await askSecond(key)).code);
    expect([...seen]).toEqual(['request_in_progress']);
    backendNetwork.restore();
    expect(await answer).toMatchObject({ status: 201 });
    expect(backend.calls.length).toBe(1);
  });
});

// The last test, because it ends the first proxy.
describe('SIGTERM', () => {
  it('answers requests in progress; those that take too long become indeterminate at once; both within 15 s', async () => {
    const [quick, slow] = [newKey(), newKey()];
    const open = gate();
    const answers = [askFirst(quick), askFirst(slow).catch(() => undefined)] as const;
    await waitUntil('the calls', () => backend.calls.length === 2);
    const quickCall = backend.calls.findIndex(({ headers }) => headers['idempotency-key'] === quick) + 1;
    const startedMs = performance.now();
    const ended = first.signal('SIGTERM');
    open(quickCall);
    expect((await answers[0]).status).toBe(201);
    expect(await ended).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    await answers[1];
    expect((await askSecond(quick)).headers['idempotent-replayed']).toBe('true');
    expect((await askSecond(slow)).code).toBe('request_indeterminate');
  });
});
