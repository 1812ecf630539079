import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { loadProxyConfig } from '#config/proxy-config';
import { deliveryId, mintId } from '#domain/ids';
import { fuzz } from '#testing/fuzz';
import { hostileHeader, hostileSegment } from '#testing/hostile-input';
import { captureLog } from '#testing/log-capture';
import { faultOf, openSocket, readToEnd, requestBytes, sendRaw } from '#testing/raw-http';
import { createTestDatabase, type TestDatabase } from '#testing/test-database';
import { waitUntil } from '#testing/wait-until';
import { Backend } from '../fixtures/backend.js';
import { type Answer, Client } from '../fixtures/client.js';
import { IdempotencyProxy } from './proxy.js';

const ROUTES = [
  { path: '/must', keyRequired: true },
  { path: '/impatient', timeout: '300ms', takeover: 'safe' },
  { path: '/hook', mode: 'webhook', refuseRegressed: true },
];

let database: TestDatabase;
let store: pg.Client;
let backend: Backend;
let proxy: IdempotencyProxy;
let url: string;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  backend = await Backend.start();
  const config = loadProxyConfig({ DATABASE_URL: database.url, UPSTREAM_URL: `${backend.url}/base`, LOCKSTEP_PROXY_ROUTES: JSON.stringify(ROUTES), LOCKSTEP_MAX_BODY_BYTES: '100000' });
  proxy = new IdempotencyProxy({ config, logger: captureLog().logger });
  url = await proxy.start('127.0.0.1', 0);
  client = new Client(url);
});

afterAll(async () => {
  await client.close();
  await proxy.stop();
  await backend.stop();
  await store.end();
  await database.drop();
});

const usual = (count: () => number): Backend['respond'] => (_call, response) => void response.writeHead(201, { 'content-type': 'text/plain' }).end(`call ${count()}`);

beforeEach(() => {
  backend.calls.length = 0;
  backend.respond = usual(() => backend.calls.length);
});

const newKey = (): string => randomBytes(8).toString('hex');

async function stateOf(key: string): Promise<string | undefined> {
  return (await store.query<{ state: string }>('select state from idempotent_requests where key = $1', [key])).rows[0]?.state;
}

/** A backend that answers when it is told to. */
function gate(): () => void {
  const open = Promise.withResolvers<void>();
  const next = usual(() => backend.calls.length);
  backend.respond = (call, response) => void open.promise.then(() => next(call, response));
  return open.resolve;
}

const replayed = ({ headers }: Answer): boolean => headers['idempotent-replayed'] === 'true';

describe('a request with a key', () => {
  it('reaches the backend once, of 1,000 at once; the others hear that it is in progress, and get the same answer later', async () => {
    const key = newKey();
    const open = gate();
    const crowd = Promise.all(Array.from({ length: 1_000 }, () => client.send(key)));
    await waitUntil('the one call', () => backend.calls.length > 0);
    await waitUntil('the others', async () => (await client.send(key)).code === 'request_in_progress');
    open();
    const answers = await crowd;
    const winner = answers.find(({ status }) => status === 201);
    expect(answers.filter((answer) => answer.status !== 201 && answer.code !== 'request_in_progress')).toEqual([]);
    expect(answers.filter(({ status }) => status === 409).every(({ headers }) => Number(headers['retry-after']) >= 1)).toBe(true);
    const later = await Promise.all(Array.from({ length: 50 }, () => client.send(key)));
    expect(later.every((answer) => answer.status === 201 && replayed(answer) && answer.body.equals(winner?.body ?? Buffer.alloc(0)))).toBe(true);
    expect(backend.calls.length).toBe(1);
  });

  it('is waited for by who prefers that', async () => {
    const key = newKey();
    const open = gate();
    const first = client.send(key);
    await waitUntil('the call', () => backend.calls.length === 1);
    const waiting = Promise.all([1, 2].map(() => client.send(key, { headers: { prefer: 'wait=20' } })));
    expect((await client.send(key, { headers: { prefer: 'wait=0' } })).code).toBe('request_in_progress');
    open();
    expect((await waiting).map((answer) => [answer.status, replayed(answer)])).toEqual([[201, true], [201, true]]);
    expect((await first).status).toBe(201);
    expect(backend.calls.length).toBe(1);
  });

  it('arrives as it was sent, and may be of any method, with either header', async () => {
    const body = randomBytes(50_000);
    const first = await client.ask('/a%20b/?x=1&x=2', { method: 'PUT', body, headers: { 'x-idempotency-key': newKey(), 'content-type': 'application/x-odd', 'x-a': 'ä' } });
    expect(first.status).toBe(201);
    expect(backend.calls[0]).toMatchObject({ method: 'PUT', url: '/base/a%20b/?x=1&x=2', headers: { 'content-type': 'application/x-odd', 'x-forwarded-host': new URL(url).host, 'content-length': '50000', via: '1.1 lockstep' } });
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

  it("is one client's: another one's credentials make it another key", async () => {
    const key = newKey();
    const answers = [];
    for (const headers of [{ authorization: 'Bearer a' }, { authorization: 'Bearer b' }, { 'x-api-key': 'a' }, { authorization: 'Bearer a' }] as Record<string, string>[]) answers.push(await client.send(key, { headers }));
    expect(answers.map(replayed)).toEqual([false, false, false, true]);
  });

  it('may not be larger than is held in memory, and needs a key that is one', async () => {
    expect(await client.send(newKey(), { body: Buffer.alloc(100_001) })).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await client.send('a b')).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
    expect(await client.ask('/must', { body: 'x' })).toMatchObject({ status: 400, code: 'idempotency_key_required' });
    expect(await client.send(newKey(), { path: '/must' })).toMatchObject({ status: 201 });
    expect(backend.calls.length).toBe(1);
  });
});

describe('an answer', () => {
  it('comes again byte for byte, with its headers but cookies, its Date and its Age', async () => {
    const key = newKey();
    const body = randomBytes(70_000);
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
    backend.respond = (_call, response) => void response.writeHead(418, { 'content-type': 'image/x', 'content-length': body.length, 'set-cookie': ['a=1', 'b=2'], link: ['<a>', '<b>'], date, etag: '"1"', 'x-latin': 'ä', connection: 'X-Hop', 'x-hop': '1' }).end(body);
    const [first, again] = [await client.send(key), await client.send(key)];
    expect(backend.calls.length).toBe(1);
    for (const answer of [first, again]) {
      expect(answer.status).toBe(418);
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.headers).toMatchObject({ 'content-type': 'image/x', 'content-length': '70000', link: ['<a>', '<b>'], date, etag: '"1"', 'x-latin': 'ä' });
      expect(answer.headers['x-hop']).toBeUndefined();
    }
    expect([first.headers['set-cookie'], again.headers['set-cookie']]).toEqual([['a=1', 'b=2'], undefined]);
    expect([first.headers['age'], again.headers['age'], again.headers['idempotent-replayed']]).toEqual([undefined, expect.stringMatching(/^\d$/), 'true']);
  });

  it.each([[204, 'POST'], [304, 'GET'], [200, 'HEAD']])('of %d to %s has no body, the first time and again', async (status, method) => {
    const key = newKey();
    backend.respond = (_call, response) => void response.writeHead(status, method === 'HEAD' ? { 'content-length': 1234 } : {}).end();
    for (const again of [false, true]) {
      const answer = await client.ask('/', { method, headers: { 'idempotency-key': key } });
      expect([answer.status, answer.body.length, replayed(answer)]).toEqual([status, 0, again]);
      if (method === 'HEAD') expect(answer.headers['content-length']).toBe('1234');
    }
    expect(backend.calls.length).toBe(1);
  });

  it('is passed on as it comes, and its end when it is stored', async () => {
    const key = newKey();
    const rest = Promise.withResolvers<void>();
    backend.respond = (_call, response) => {
      response.writeHead(200);
      response.write('begin ');
      void rest.promise.then(() => response.end('end'));
    };
    const socket = await openSocket(url);
    socket.write(requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', key], ['content-length', '1'], ['connection', 'close']], Buffer.from('x')));
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await waitUntil('the beginning', () => seen.includes('begin '));
    rest.resolve();
    await readToEnd(socket);
    expect(seen).toContain('end');
    expect(await client.send(key)).toMatchObject({ status: 200, text: 'begin end' });
  });

  it('of more than 1 MiB is passed on, and kept as a key only', async () => {
    const key = newKey();
    const body = randomBytes(1_048_577);
    backend.respond = (_call, response) => void response.writeHead(200).end(body);
    expect((await client.send(key)).body.equals(body)).toBe(true);
    expect(await client.send(key)).toMatchObject({ status: 409, code: 'response_not_kept' });
    const just = newKey();
    backend.respond = (_call, response) => void response.writeHead(200).end(body.subarray(1));
    for (let i = 0; i < 2; i++) expect((await client.send(just)).body.equals(body.subarray(1))).toBe(true);
    expect(backend.calls.length).toBe(2);
  });

  it('is stored when its client has left before it came', async () => {
    const key = newKey();
    const open = gate();
    const leaving = new AbortController();
    const left = client.send(key, { signal: leaving.signal }).catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    leaving.abort();
    await left;
    open();
    await waitUntil('the answer in the store', async () => (await stateOf(key)) === 'completed');
    expect(await client.send(key)).toMatchObject({ status: 201, text: 'call 1' });
  });

  it('is held while it can not be stored, but not any number of them: then requests are refused', async () => {
    const body = randomBytes(1_000_000);
    const keys = Array.from({ length: 70 }, newKey);
    const open = Promise.withResolvers<void>();
    backend.respond = (_call, response) => void open.promise.then(() => response.writeHead(200).end(body));
    const answers = Promise.all(keys.map((key) => client.send(key)));
    await waitUntil('the calls', () => backend.calls.length === keys.length);
    await store.query('begin');
    await store.query('select from idempotent_requests where key = any($1) for update', [keys]);
    try {
      open.resolve();
      expect((await answers).every((answer) => answer.body.equals(body))).toBe(true);
      backend.respond = usual(() => 0);
      expect(await client.send(newKey())).toMatchObject({ status: 503, code: 'overloaded' });
    } finally {
      await store.query('rollback');
    }
    await waitUntil('room', async () => (await client.send(newKey())).status === 201);
    for (const key of keys) await waitUntil('the answer in the store', async () => (await stateOf(key)) === 'completed');
    expect(replayed(await client.send(keys[69] ?? ''))).toBe(true);
  });

  it.each(['while its key is claimed', 'behind another request on its connection'])('that is long is taken to its end when its client has left %s', async (moment) => {
    const [key, before] = [newKey(), newKey()];
    const taken = Promise.withResolvers<void>();
    backend.respond = ({ headers }, response) => {
      if (headers['idempotency-key'] === key) response.once('finish', taken.resolve).writeHead(200).end(Buffer.alloc(20_000_000));
    };
    const bytesOf = (name: string): Buffer => requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', name], ['content-length', '1']], Buffer.from('x'));
    const socket = await openSocket(url);
    if (moment.startsWith('behind')) {
      socket.write(Buffer.concat([bytesOf(before), bytesOf(key)]));
      await waitUntil('its call', () => backend.calls.length === 2);
      socket.destroy();
    } else {
      const locker = new pg.Client(database.url);
      await locker.connect();
      await locker.query('begin; lock table idempotent_requests in access exclusive mode');
      socket.write(bytesOf(key));
      await waitUntil('the claim at the lock', async () => (await store.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount === 1);
      socket.destroy();
      await client.ask('/health/live', { method: 'GET' });
      await locker.end();
    }
    await taken.promise;
    await waitUntil('the key in the store', async () => (await stateOf(key)) === 'completed');
  });

  it('of a client that does not read is stored all the same', async () => {
    const key = newKey();
    const body = randomBytes(1_000_000);
    backend.respond = (_call, response) => void response.writeHead(200).end(body);
    const socket = await openSocket(url);
    socket.pause();
    socket.write(requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', key], ['content-length', '1']], Buffer.from('x')));
    await waitUntil('the answer in the store', async () => (await stateOf(key)) === 'completed');
    socket.destroy();
    expect((await client.send(key)).body.equals(body)).toBe(true);
  });
});

describe('a backend', () => {
  it('that says 5xx, or not now, may be asked again', async () => {
    for (const status of [500, 503, 429]) {
      const key = newKey();
      backend.respond = (_call, response) => void response.writeHead(status).end('no');
      expect(await client.send(key)).toMatchObject({ status, text: 'no' });
      backend.respond = usual(() => 0);
      expect([(await client.send(key)).status, (await client.send(key)).headers['idempotent-replayed']]).toEqual([201, 'true']);
    }
  });

  it('that is not there may be asked again, since nothing was sent', async () => {
    const key = newKey();
    await backend.stop();
    // A kept connection may be found closed only when something was written to it.
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
    backend.respond = usual(() => 0);
    expect(await client.send(key)).toMatchObject({ status: 409, code: 'request_indeterminate' });
    expect(backend.calls.length).toBe(1);
  });

  it('that does not answer in time leaves it indeterminate, which is tried again where that is safe', async () => {
    const key = newKey();
    backend.respond = () => undefined;
    expect(await client.send(key, { path: '/impatient' })).toMatchObject({ status: 504, code: 'upstream_timeout' });
    expect(await stateOf(key)).toBe('indeterminate');
    backend.respond = usual(() => 2);
    expect(await client.send(key, { path: '/impatient' })).toMatchObject({ status: 201, text: 'call 2' });
    expect(backend.calls.length).toBe(2);
  });
});

describe('a request without a key', () => {
  it('is passed on each time, bodies of any size both ways', async () => {
    const body = randomBytes(3_000_000);
    backend.respond = ({ body: received }, response) => void response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] }).end(received);
    for (let i = 0; i < 2; i++) {
      const answer = await client.ask('/upload', { body });
      expect(answer.body.equals(body)).toBe(true);
      expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    }
    expect(backend.calls.length).toBe(2);
    expect((await store.query('select from idempotent_requests where scope like $1', ['%upload%'])).rowCount).toBe(0);
  });

  it('whose client leaves ends at the backend too', async () => {
    const closed = Promise.withResolvers<void>();
    backend.respond = (_call, response) => void response.once('close', closed.resolve);
    const leaving = new AbortController();
    const left = client.ask('/', { signal: leaving.signal }).catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    leaving.abort();
    await left;
    await closed.promise;
  });

  it('may be odd: absolute URLs are no paths, and what is in the way of a route is decoded', async () => {
    expect((await sendRaw(url, requestBytes('OPTIONS', '*', [['host', 'a'], ['connection', 'close']])))?.status).toBe(404);
    expect(await client.ask('/m%75st', { body: 'x' })).toMatchObject({ code: 'idempotency_key_required' });
    expect((await client.ask('/%zz', { method: 'GET' })).status).toBe(400);
  });
});

describe('a webhook route', () => {
  const delivery = (sequence: number, eventId = mintId(), extra: Record<string, string> = {}): { method: string; headers: Record<string, string>; body: string } => ({
    method: 'POST', body: '{}',
    headers: { 'webhook-id': `evt_${eventId.replaceAll('-', '')}`, 'lockstep-delivery': deliveryId({ eventId, endpoint: 1, replay: 0 }), 'lockstep-entity': 'order-1', 'lockstep-sequence': String(sequence), 'webhook-signature': newKey(), ...extra },
  });

  it('passes each delivery on until it is taken, and then no more', async () => {
    const eventId = mintId();
    backend.respond = (_call, response) => void response.writeHead(404).end();
    expect((await client.ask('/hook', delivery(1, eventId))).status).toBe(404);
    backend.respond = usual(() => 0);
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await client.ask('/hook', delivery(1, eventId)));
    expect(answers.map((answer) => [answer.status, replayed(answer)])).toEqual([[201, false], [201, true], [201, true]]);
    expect(backend.calls.length).toBe(2);
  });

  it('refuses an older event after a newer one, but neither its own repeats nor replays', async () => {
    const [second, third] = [mintId(), mintId()];
    expect((await client.ask('/hook', delivery(12, second))).status).toBe(201);
    expect((await client.ask('/hook', delivery(13, third))).status).toBe(201);
    expect(await client.ask('/hook', delivery(11))).toMatchObject({ status: 409, code: 'sequence_regressed' });
    expect(replayed(await client.ask('/hook', delivery(12, second)))).toBe(true);
    expect((await client.ask('/hook', delivery(10, mintId(), { 'lockstep-replay': 'true' }))).status).toBe(201);
    expect((await client.ask('/hook', delivery(1, mintId(), { 'lockstep-entity': 'order-2' }))).status).toBe(201);
  });

  it('what its receiver refuses does not move the lane: nobody can shut it with a number', async () => {
    const send = async (sequence: number): Promise<number> => (await client.ask('/hook', delivery(sequence, mintId(), { 'lockstep-entity': 'order-3' }))).status;
    backend.respond = (_call, response) => void response.writeHead(401).end();
    expect(await send(999_999_999_999_999)).toBe(401);
    backend.respond = usual(() => backend.calls.length);
    expect([await send(1), await send(2), await send(1)]).toEqual([201, 201, 409]);
  });
});

describe('whatever key and body', () => {
  it('comes back as the first time', async () => {
    backend.respond = ({ body, url: path }, response) => void response.writeHead(200 + (body.length % 100), { 'x-path': path }).end(body);
    const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)), minLength: 1, maxLength: 255 });
    const requests = fc.record({ key: printable, body: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)), method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'REPORT') });
    await fuzz(requests, async ({ key, body, method }) => {
      const quoted = `"${newKey()}${key.slice(0, 239).replaceAll(/["\\]/g, '\\$&')}"`;
      const ask = (): Promise<Answer> => client.ask('/fuzz', { method, body, headers: { 'idempotency-key': quoted } });
      const before = backend.calls.length;
      const [first, again] = [await ask(), await ask()];
      expect([again.status, again.body.equals(first.body), replayed(first), replayed(again), backend.calls.length - before]).toEqual([first.status, true, false, true, 1]);
      expect(first.body.equals(first.status === 204 ? Buffer.alloc(0) : body)).toBe(true);
    }, { mostRuns: 150, searchMs: 3_000 });
  });
});

describe('whatever is sent', () => {
  it('is answered, and reaches the backend once a key at most', async () => {
    const path = fc.array(hostileSegment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`);
    const requests = fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY', 'TRACE'), path, headers: fc.array(hostileHeader, { maxLength: 4 }), body: fc.uint8Array({ maxLength: 100 }), keyed: fc.boolean() });
    await fuzz(fc.array(requests, { minLength: 1, maxLength: 20, size: 'max' }), async (crowd) => {
      backend.calls.length = 0;
      await Promise.all(crowd.map(async ({ method, path: target, headers, body, keyed }) => {
        const key: [string, string][] = keyed ? [['x-idempotency-key', newKey()]] : [];
        const bytes = requestBytes(method, target, [['host', 'a'], ['content-length', String(body.length)], ...key, ...headers, ['connection', 'close']], body);
        const answers = [await sendRaw(url, bytes), ...(keyed ? [await sendRaw(url, bytes)] : [])];
        for (const answer of answers) {
          if (answer?.status !== 201 && answer?.status !== 200) expect(faultOf(answer, method)).toBeUndefined();
        }
      }));
      const keys = backend.calls.flatMap(({ headers }) => (headers['idempotency-key'] === undefined ? (headers['x-idempotency-key'] ?? []) : []));
      expect(new Set(keys).size).toBe(keys.length);
    }, { mostRuns: 500, searchMs: 3_000 });
  });
});

describe('its own routes', () => {
  it('are health and metrics', async () => {
    for (const path of ['/health/live', '/health/ready', '/health/startup']) expect((await client.ask(path, { method: 'GET' })).status).toBe(200);
    const { text } = await client.ask('/metrics', { method: 'GET' });
    for (const metric of ['requests_total{outcome="claimed"}', 'requests_total{outcome="replay"}', 'requests_total{outcome="in_flight"}', 'requests_total{outcome="mismatch"}', 'takeovers_total', 'store_duration_seconds_count{statement="claim"}', 'rows', 'bytes', 'held_requests']) {
      expect(text).toContain(`\nlockstep_idempotency_${metric} `);
    }
    expect(backend.calls).toEqual([]);
  });
});
