import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RawReceiver } from '#dev/testing/raw-receiver';
import { waitUntil } from '#dev/testing/wait-until';
import { type Client, newKey, replayed } from '../fixtures/client.js';
import { ProxyUnderTest } from '../fixtures/proxy-under-test.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let backend: RawReceiver;
let proxy: ProxyUnderTest;
let client: Client;

beforeAll(async () => {
  backend = await RawReceiver.start();
  proxy = await ProxyUnderTest.start([{ path: '/impatient', timeout: '300ms' }], { upstreamUrl: backend.url.origin });
  ({ client } = proxy);
});

afterAll(async () => {
  await proxy.close();
  await backend.stop();
});

beforeEach(() => {
  backend.requests.length = 0;
});

/** The response to each request; `$` closes the connection. */
function answer(response: string): void {
  backend.respond = (socket) => {
    socket.write(response.replace(/\$$/, ''), 'latin1');
    if (response.endsWith('$')) socket.end();
  };
}

const PASSED: readonly (readonly [title: string, response: string, status: number, body: string, headers: Readonly<Record<string, string | undefined>>])[] = [
  ['an interim response', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, 200, 'ok', { 'content-length': '2' }],
  ['20 KiB of headers', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(15_000)}\r\nX-Other: ${'y'.repeat(5_000)}\r\nContent-Length: 2\r\n\r\nok`, 200, 'ok', { 'x-other': 'y'.repeat(5_000) }],
  ['HTTP/1.0', 'HTTP/1.0 201 Created\r\n\r\nok$', 201, 'ok', {}],
  ['lines that end with LF', 'HTTP/1.1 200 OK\nContent-Length: 2\nX: 1\n\nok', 200, 'ok', { x: '1' }],
  ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', { x: 'a b' }],
  ['invalid header lines', 'HTTP/1.1 200 OK\r\nbroken\r\n\xff\x01: 1\r\nX: a\x00b\rc\r\nY : 2\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', { x: 'a b c', y: '2' }],
  ['a length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\ncontent-length: 2\r\n\r\nok', 200, 'ok', { 'content-length': '2' }],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nT: 1\r\n\r\n', 200, 'ok', {}],
  ['a coding that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', { 'content-length': '2', 'transfer-encoding': undefined }],
  ['a 204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok', 204, '', { 'content-length': undefined }],
  ['a compressed body', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b', 200, '\x1f\x8b', { 'content-encoding': 'gzip' }],
  ['a second response behind the first', `${OK}HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n`, 200, 'ok', {}],
  ['a status of no class', 'HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\nok', 799, 'ok', {}],
];

const REFUSED: readonly (readonly [title: string, response: string])[] = [
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok'],
  ['a length that nobody can count', `HTTP/1.1 200 OK\r\nContent-Length: 1${'0'.repeat(21)}\r\n\r\nok`],
  ['a length of 310 digits', `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(310)}\r\n\r\nok`],
  ['a coding besides chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n\x1f\x8b\r\n0\r\n\r\n'],
  ['a coding without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n\x1f\x8b$'],
  ['a coding that nobody knows', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: mystery\r\nContent-Length: 2\r\n\r\nok'],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ['a head without an end', `HTTP/1.1 200 OK\r\n${`X: ${'x'.repeat(2_000)}\r\n`.repeat(600)}`],
  ['an unreadable chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n'],
];

describe('a response of a backend is passed on with a length that is right:', () => {
  it.each(PASSED)('%s', async (_title, response, status, body, headers) => {
    answer(response);
    const key = newKey();
    const [plain, first, again] = [await client.ask('/', { method: 'GET' }), await client.send(key), await client.send(key)];
    for (const each of [plain, first]) expect([each.status, each.body.toString('latin1')]).toEqual([status, body]);
    for (const [name, value] of Object.entries(headers)) expect([name, plain.headers[name], first.headers[name]]).toEqual([name, value, value]);
    // A 5xx and above is not the final answer.
    expect([again.status, replayed(again), backend.requests.length]).toEqual([status, status < 500, status < 500 ? 2 : 3]);
  });

  it('a body of which only the trailers do not come', async () => {
    answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: ');
    const key = newKey();
    const [plain, first, again] = [await client.ask('/impatient', { method: 'GET' }), await client.send(key, { path: '/impatient' }), await client.send(key, { path: '/impatient' })];
    expect([plain, first, again].map((each) => [each.status, each.text, replayed(each)])).toEqual([[200, 'ok', false], [200, 'ok', false], [200, 'ok', true]]);
  });

  it('the length of a body that a HEAD does not get', async () => {
    answer('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n');
    expect(await client.ask('/', { method: 'HEAD' })).toMatchObject({ status: 200, headers: { 'content-length': '1234' } });
  });
});

describe('bytes that come late behind a response without a body are not the response to another request:', () => {
  it.each([
    ['a 204', 'GET', '204 No Content'],
    ['a 304', 'GET', '304 Not Modified'],
    ['the response to a HEAD', 'HEAD', '200 OK'],
  ])('%s', async (_title, method, status) => {
    answer(`HTTP/1.1 ${status}\r\n\r\n`);
    expect((await client.ask('/', { method })).status).toBe(Number.parseInt(status));
    const [first] = backend.requests;
    backend.respond = (socket, { connection }) => void socket.write(connection === first?.connection ? 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret' : OK);
    expect((await client.ask('/', { method: 'GET' })).text).toBe('ok');
  });
});

describe('a response whose end cannot be found is refused, and its request is indeterminate:', () => {
  it.each(REFUSED)('%s', async (title, response) => {
    answer(response);
    const key = newKey();
    // The status of chunks is sent on before they turn out to be unreadable.
    const plain = await client.ask('/', { method: 'GET' }).catch((error: unknown) => error);
    if (title === 'an unreadable chunk') expect(plain).toBeInstanceOf(Error);
    else expect(plain).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    expect(await client.send(key)).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    expect(await client.send(key)).toMatchObject({ status: 409, code: 'request_indeterminate' });
    expect(backend.requests.length).toBe(2);
  });

  it('a body without an end', async () => {
    answer('HTTP/1.1 200 OK\r\n\r\nok');
    await expect(client.ask('/impatient', { method: 'GET' })).rejects.toThrow();
    const key = newKey();
    await expect(client.send(key, { path: '/impatient' })).rejects.toThrow();
    expect(await client.send(key, { path: '/impatient' })).toMatchObject({ status: 409, code: 'request_indeterminate' });
  });
});

describe('a connection to a backend that is closed just as it is used again', () => {
  /** The first request is answered, and each other one on the same connection meets its end. */
  beforeEach(async () => {
    const used = new Set<number>();
    backend.respond = (socket, { connection }) => {
      if (used.has(connection)) socket.end();
      else socket.write(OK);
      used.add(connection);
    };
    await client.ask('/', { method: 'GET' });
    await waitUntil('one kept connection', () => backend.open === 1);
    backend.requests.length = 0;
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('costs nothing for a %s, which is sent again', async (method) => {
    expect((await client.ask('/', { method })).status).toBe(200);
    expect(backend.requests.length).toBe(2);
  });

  it.each([['POST', undefined], ['POST', 'x'], ['PUT', 'x'], ['PATCH', 'x']])('fails a %s with the body %j, which may have been carried out', async (method, body) => {
    expect(await client.ask('/', { method, ...(body === undefined ? {} : { body }) })).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    expect(backend.requests.length).toBe(1);
  });

  it('fails a request with a key, whatever its method: it reaches the backend once', async () => {
    const key = newKey();
    expect(await client.send(key, { method: 'DELETE' })).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    expect(await client.send(key, { method: 'DELETE' })).toMatchObject({ status: 409, code: 'request_indeterminate' });
    expect(backend.requests.length).toBe(1);
  });
});
