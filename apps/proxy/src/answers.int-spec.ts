import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openSocket, readToEnd, requestBytes } from '#dev/testing/raw-http';
import { waitUntil } from '#dev/testing/wait-until';
import type { Backend } from '../fixtures/backend.js';
import { type Client, newKey, replayed } from '../fixtures/client.js';
import { ProxyUnderTest } from '../fixtures/proxy-under-test.js';

let proxy: ProxyUnderTest;
let backend: Backend;
let client: Client;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start([], { maxHeldBytes: 8_000_000, storePatienceMs: 200 });
  ({ backend, client } = proxy);
});

afterAll(async () => {
  await proxy.close();
});

beforeEach(() => {
  backend.reset();
});

describe('an answer', () => {
  it('is replayed byte for byte, with its headers except cookies, its Date and its Age', async () => {
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

  it.each([[204, 'POST'], [304, 'GET'], [200, 'HEAD']])('of %d to %s has no body, the first time and in a replay', async (status, method) => {
    const key = newKey();
    backend.respond = (_call, response) => void response.writeHead(status, method === 'HEAD' ? { 'content-length': 1234 } : {}).end();
    for (const again of [false, true]) {
      const answer = await client.ask('/', { method, headers: { 'idempotency-key': key } });
      expect([answer.status, answer.body.length, replayed(answer)]).toEqual([status, 0, again]);
      if (method === 'HEAD') expect(answer.headers['content-length']).toBe('1234');
    }
    expect(backend.calls.length).toBe(1);
  });

  it('is streamed, and its end is sent when it is stored', async () => {
    const key = newKey();
    const rest = Promise.withResolvers<void>();
    backend.respond = (_call, response) => {
      response.writeHead(200);
      response.write('begin ');
      void rest.promise.then(() => response.end('end'));
    };
    const socket = await openSocket(proxy.url);
    socket.write(requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', key], ['content-length', '1'], ['connection', 'close']], Buffer.from('x')));
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    await waitUntil('the beginning', () => seen.includes('begin '));
    rest.resolve();
    await readToEnd(socket);
    expect(seen).toContain('end');
    expect(await client.send(key)).toMatchObject({ status: 200, text: 'begin end' });
  });

  it('of more than 1 MiB is passed on, and its body is not stored', async () => {
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

  it('is stored when its client leaves first', async () => {
    const key = newKey();
    const open = backend.gate();
    const leaving = new AbortController();
    const left = client.send(key, { signal: leaving.signal }).catch(() => undefined);
    await waitUntil('the call', () => backend.calls.length === 1);
    leaving.abort();
    await left;
    open();
    await waitUntil('the answer in the store', async () => (await proxy.stateOf(key)) === 'completed');
    expect(await client.send(key)).toMatchObject({ status: 201, text: 'call 1' });
  });

  it('is held until it can be stored; above a limit, new requests are refused', async () => {
    const body = randomBytes(1_000_000);
    const keys = Array.from({ length: 9 }, newKey);
    const open = Promise.withResolvers<void>();
    backend.respond = (_call, response) => void open.promise.then(() => response.writeHead(200).end(body));
    const answers = Promise.all(keys.map((key) => client.send(key)));
    await waitUntil('the calls', () => backend.calls.length === keys.length);
    await proxy.store.query('begin');
    await proxy.store.query('select from idempotent_requests where key = any($1) for update', [keys]);
    try {
      open.resolve();
      expect((await answers).every((answer) => answer.body.equals(body))).toBe(true);
      backend.respond = backend.usual;
      expect(await client.send(newKey())).toMatchObject({ status: 503, code: 'overloaded' });
    } finally {
      await proxy.store.query('rollback');
    }
    await waitUntil('room', async () => (await client.send(newKey())).status === 201);
    for (const key of keys) await waitUntil('the answer in the store', async () => (await proxy.stateOf(key)) === 'completed');
    expect(replayed(await client.send(keys[8] ?? ''))).toBe(true);
  });

  it.each(['while its key is claimed', 'behind another request on its connection'])('that is long is read to its end when its client has left %s', async (moment) => {
    const [key, before] = [newKey(), newKey()];
    const taken = Promise.withResolvers<void>();
    backend.respond = ({ headers }, response) => {
      if (headers['idempotency-key'] === key) response.once('finish', taken.resolve).writeHead(200).end(Buffer.alloc(20_000_000));
    };
    const bytesOf = (name: string): Buffer => requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', name], ['content-length', '1']], Buffer.from('x'));
    const socket = await openSocket(proxy.url);
    if (moment.startsWith('behind')) {
      socket.write(Buffer.concat([bytesOf(before), bytesOf(key)]));
      await waitUntil('its call', () => backend.calls.length === 2);
      socket.destroy();
    } else {
      const locker = new pg.Client(proxy.database.url);
      await locker.connect();
      await locker.query('begin; lock table idempotent_requests in access exclusive mode');
      socket.write(bytesOf(key));
      await waitUntil('the claim at the lock', async () => (await proxy.store.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount === 1);
      socket.destroy();
      await client.ask('/health/live', { method: 'GET' });
      await locker.end();
    }
    await taken.promise;
    await waitUntil('the key in the store', async () => (await proxy.stateOf(key)) === 'completed');
  });

  it('is stored also when its client does not read it', async () => {
    const key = newKey();
    const body = randomBytes(1_000_000);
    backend.respond = (_call, response) => void response.writeHead(200).end(body);
    const socket = await openSocket(proxy.url);
    socket.pause();
    socket.write(requestBytes('POST', '/', [['host', 'a'], ['idempotency-key', key], ['content-length', '1']], Buffer.from('x')));
    await waitUntil('the answer in the store', async () => (await proxy.stateOf(key)) === 'completed');
    socket.destroy();
    expect((await client.send(key)).body.equals(body)).toBe(true);
  });
});
