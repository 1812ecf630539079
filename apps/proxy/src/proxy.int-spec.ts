import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { requestBytes, sendRaw } from '#dev/testing/raw-http';
import { waitUntil } from '#dev/testing/wait-until';
import type { Backend } from '../fixtures/backend.js';
import { type Client, newKey, replayed } from '../fixtures/client.js';
import { MAX_BODY_BYTES, ProxyUnderTest } from '../fixtures/proxy-under-test.js';

const ROUTES = [
  { path: '/must', keyRequired: true },
  { path: '/impatient', timeout: '300ms', takeover: 'safe' },
];

let proxy: ProxyUnderTest;
let backend: Backend;
let client: Client;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start(ROUTES);
  ({ backend, client } = proxy);
});

afterAll(async () => {
  await proxy.close();
});

beforeEach(() => {
  backend.reset();
});

describe('a request with a key', () => {
  it('reaches the backend once among 1,000 concurrent ones; the others get request_in_progress, and later the same answer', async () => {
    const key = newKey();
    const open = backend.gate();
    const sent = Promise.all(Array.from({ length: 1_000 }, () => client.send(key)));
    await waitUntil('the one call', () => backend.calls.length > 0);
    await waitUntil('the others', async () => (await client.send(key)).code === 'request_in_progress');
    open();
    const answers = await sent;
    const winner = answers.find(({ status }) => status === 201);
    expect(answers.filter((answer) => answer.status !== 201 && answer.code !== 'request_in_progress')).toEqual([]);
    expect(answers.filter(({ status }) => status === 409).every(({ headers }) => Number(headers['retry-after']) >= 1)).toBe(true);
    const later = await Promise.all(Array.from({ length: 50 }, () => client.send(key)));
    expect(later.every((answer) => answer.status === 201 && replayed(answer) && answer.body.equals(winner?.body ?? Buffer.alloc(0)))).toBe(true);
    expect(backend.calls.length).toBe(1);
  });

  it('is awaited by requests that prefer to wait', async () => {
    const key = newKey();
    const open = backend.gate();
    const first = client.send(key);
    await waitUntil('the call', () => backend.calls.length === 1);
    const waiting = Promise.all([1, 2].map(() => client.send(key, { headers: { prefer: 'wait=20' } })));
    expect((await client.send(key, { headers: { prefer: 'wait=0' } })).code).toBe('request_in_progress');
    open();
    expect((await waiting).map((answer) => [answer.status, replayed(answer)])).toEqual([[201, true], [201, true]]);
    expect((await first).status).toBe(201);
    expect(backend.calls.length).toBe(1);
  });

  it('arrives unchanged, with any method and either header', async () => {
    const body = randomBytes(50_000);
    const first = await client.ask('/a%20b/?x=1&x=2', { method: 'PUT', body, headers: { 'x-idempotency-key': newKey(), 'content-type': 'application/x-odd', 'x-a': 'ä' } });
    expect(first.status).toBe(201);
    expect(backend.calls[0]).toMatchObject({ method: 'PUT', url: '/base/a%20b/?x=1&x=2', headers: { 'content-type': 'application/x-odd', 'x-forwarded-host': new URL(proxy.url).host, 'content-length': '50000', via: '1.1 lockstep' } });
    expect(backend.calls[0]?.body.equals(body)).toBe(true);
    const key = newKey();
    for (const method of ['GET', 'GET', 'DELETE', 'DELETE', 'PROPFIND']) await client.ask('/', { method, headers: { 'idempotency-key': key } });
    expect(backend.calls.slice(1).map((call) => call.method)).toEqual(['GET', 'DELETE', 'PROPFIND']);
  });

  it('is refused with another body, path, query or content type', async () => {
    const key = newKey();
    await client.send(key, { path: '/a?q=1', headers: { 'content-type': 'text/plain' } });
    const others = [{ body: 'y' }, { path: '/b?q=1' }, { path: '/a?q=2' }, { headers: { 'content-type': 'text/html' } }];
    for (const other of others) {
      expect(await client.send(key, { path: '/a?q=1', headers: { 'content-type': 'text/plain' }, ...other })).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    }
    expect(backend.calls.length).toBe(1);
  });

  it("belongs to one client: with other credentials it is another key", async () => {
    const key = newKey();
    const answers = [];
    for (const headers of [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }, { 'x-api-key': 'a' }, { authorization: 'Bearer a' }] as Record<string, string>[]) answers.push(await client.send(key, { headers }));
    expect(answers.map(replayed)).toEqual([false, false, false, true]);
  });

  it('may not exceed the body limit, and needs a valid key', async () => {
    expect(await client.send(newKey(), { body: Buffer.alloc(MAX_BODY_BYTES + 1) })).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await client.send('a b')).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
    expect(await client.ask('/must', { body: 'x' })).toMatchObject({ status: 400, code: 'idempotency_key_required' });
    expect(await client.send(newKey(), { path: '/must' })).toMatchObject({ status: 201 });
    expect(backend.calls.length).toBe(1);
  });
});

describe('a backend', () => {
  it('that answers 5xx, 408, 425 or 429 may be asked again', async () => {
    for (const status of [500, 503, 429]) {
      const key = newKey();
      backend.respond = (_call, response) => void response.writeHead(status).end('no');
      expect(await client.send(key)).toMatchObject({ status, text: 'no' });
      backend.respond = backend.usual;
      expect([(await client.send(key)).status, (await client.send(key)).headers['idempotent-replayed']]).toEqual([201, 'true']);
    }
  });

  it('that cannot be reached may be asked again, because nothing was sent', async () => {
    const key = newKey();
    await backend.stop();
    // A kept connection can turn out to be closed only after a write.
    await waitUntil('a refused connection', async () => (await client.ask('/')).code === 'upstream_unavailable');
    expect(await client.send(key)).toMatchObject({ status: 502, code: 'upstream_unavailable' });
    await backend.listen();
    await waitUntil('the backend', async () => (await client.send(key)).status === 201);
  });

  it.each(['before it answers', 'in the middle of its answer', 'in the middle of a long one'])('that cuts the connection %s leaves the request indeterminate', async (moment) => {
    const key = newKey();
    backend.respond = (_call, response) => {
      if (moment === 'before it answers') response.destroy();
      else response.writeHead(200, { 'content-length': moment.includes('long') ? 500_000 : 100 }).write('half', () => response.destroy());
    };
    const broken = await client.send(key).catch((error: unknown) => error);
    if (!moment.includes('long')) expect(broken).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    else expect(broken).toBeInstanceOf(Error);
    backend.respond = backend.usual;
    expect(await client.send(key)).toMatchObject({ status: 409, code: 'request_indeterminate' });
    expect(backend.calls.length).toBe(1);
  });

  it('that does not answer in time leaves the request indeterminate; it is retried where that is safe', async () => {
    const key = newKey();
    backend.respond = () => undefined;
    expect(await client.send(key, { path: '/impatient' })).toMatchObject({ status: 504, code: 'upstream_timeout' });
    expect(await proxy.stateOf(key)).toBe('indeterminate');
    backend.respond = backend.usual;
    expect(await client.send(key, { path: '/impatient' })).toMatchObject({ status: 201, text: 'call 2' });
    expect(backend.calls.length).toBe(2);
  });
});

describe('a request without a key', () => {
  it('is passed on each time, with bodies of any size in both directions', async () => {
    const body = randomBytes(3_000_000);
    backend.respond = ({ body: received }, response) => void response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end(received);
    for (let i = 0; i < 2; i++) {
      const answer = await client.ask('/upload', { body });
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    }
    expect(backend.calls.length).toBe(2);
    expect((await proxy.store.query('select from idempotent_requests where scope like $1', ['%upload%'])).rowCount).toBe(0);
  });

  it('is aborted at the backend when its client leaves', async () => {
    const closed = Promise.withResolvers<void>();
    backend.respond = (_call, response) => void response.once('close', closed.resolve);
    const leaving = new AbortController();
    const left = client.ask('/', { signal: leaving.signal }).catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    leaving.abort();
    await left;
    await closed.promise;
  });

  it('may not have an absolute URL, and its path is decoded for the routes', async () => {
    expect((await sendRaw(proxy.url, requestBytes('OPTIONS', '*', [['host', 'a'], ['connection', 'close']])))?.status).toBe(404);
    expect(await client.ask('/m%75st', { body: 'x' })).toMatchObject({ code: 'idempotency_key_required' });
    expect((await client.ask('/%zz', { method: 'GET' })).status).toBe(400);
  });
});

describe('the own routes of the proxy', () => {
  it('are health and metrics', async () => {
    for (const path of ['/health/live', '/health/ready', '/health/startup']) expect((await client.ask(path, { method: 'GET' })).status).toBe(200);
    const { text } = await client.ask('/metrics', { method: 'GET' });
    for (const metric of ['requests_total{operation="POST /*",outcome="claimed"}', 'requests_total{operation="POST /*",outcome="replay"}', 'requests_total{operation="POST /*",outcome="in_flight"}', 'requests_total{operation="POST /*",outcome="mismatch"}', 'check_failures_total{reason="store_unavailable"}', 'takeovers_total', 'store_duration_seconds_count{statement="claim"}', 'rows', 'bytes', 'held_requests']) {
      expect(text).toContain(`\nlockstep_idempotency_${metric} `);
    }
    expect(text).toMatch(/^lockstep_idempotency_check_duration_seconds_count [1-9]/m);
    expect(backend.calls).toEqual([]);
  });
});
