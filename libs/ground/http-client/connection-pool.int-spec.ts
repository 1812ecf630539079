import { once } from 'node:events';
import { lookup as dnsLookup } from 'node:dns';
import type { AddressInfo, LookupFunction, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createServer, getCACertificates, type Server, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RawReceiver } from '#dev/testing/raw-receiver';
import { selfSignedCertificate } from '#dev/testing/self-signed-certificate';
import { waitUntil } from '#dev/testing/wait-until';
import { ConnectionPool, type PoolOptions } from './connection-pool.js';
import type { HttpExchange, HttpRequest } from './http-exchange.js';
import { SocketBudget } from './socket-budget.js';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

interface Ending {
  readonly status?: number;
  readonly body?: string;
  readonly error?: string;
  readonly isSent?: boolean;
}

let receiver: RawReceiver;
let pools: ConnectionPool[];

beforeEach(async () => {
  receiver = await RawReceiver.start();
  pools = [];
});

afterEach(async () => {
  for (const pool of pools) pool.destroy();
  await receiver.stop();
});

function poolTo(origin: URL, options: Partial<PoolOptions> = {}, budget = new SocketBudget(100)): ConnectionPool {
  const pool = new ConnectionPool({ origin, maxConnections: 10, lookup: dnsLookup, maxBodyBytes: 1_000_000, endsEarly: false, isShared: false, ...options }, budget);
  pools.push(pool);
  return pool;
}

function send(pool: ConnectionPool, request: Partial<HttpRequest> = {}): { readonly ending: Promise<Ending>; readonly exchange: HttpExchange } {
  const { promise, resolve } = Promise.withResolvers<Ending>();
  let status: number | undefined;
  let body = '';
  const exchange = pool.send({ method: 'POST', target: '/', headers: [], body: Buffer.from('x'), mayRepeat: () => true, ...request }, {
    onHead: (head) => (status = head.statusCode),
    onData: (data) => {
      body += data.toString();
      return true;
    },
    onEnd: () => resolve({ ...(status === undefined ? {} : { status }), body }),
    onFailure: (error, isSent) => resolve({ error: `${String((error as { code?: unknown }).code)}: ${error.message}`, isSent }),
  });
  return { ending: promise, exchange };
}

const ask = (pool: ConnectionPool, request: Partial<HttpRequest> = {}): Promise<Ending> => send(pool, request).ending;

describe('connections', () => {
  it('are reused, the last one first; more requests than connections wait in order', async () => {
    const open: (() => void)[] = [];
    receiver.respond = (socket) => void open.push(() => socket.write(OK));
    const pool = poolTo(receiver.url, { maxConnections: 2 });
    const endings = [1, 2, 3, 4].map((number) => ask(pool, { body: Buffer.from(String(number)) }));
    await waitUntil('two requests', () => receiver.requests.length === 2);
    for (let i = 0; i < 4; i++) {
      await waitUntil('a request', () => open.length > i);
      open[i]?.();
    }
    expect((await Promise.all(endings)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(receiver.requests.slice(2).map(({ body }) => body.toString())).toEqual(['3', '4']);
    expect(receiver.connections).toBe(2);
  });

  it('are closed when the receiver would close them, a second earlier', async () => {
    receiver.respond = (socket) => void socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 0\r\n\r\n');
    expect(await ask(poolTo(receiver.url))).toMatchObject({ status: 200 });
    expect(receiver.open).toBe(1);
    await waitUntil('the connection closed', () => receiver.open === 0);
  });

  it('are polled before they are used after a pause, so that a request meets no connection that has ended', async () => {
    const pool = poolTo(receiver.url);
    const sockets: Socket[] = [];
    receiver.respond = (socket) => {
      sockets.push(socket);
      socket.write(OK);
    };
    await ask(pool);
    const later = performance.now() + 1_500;
    const clock = jest.spyOn(performance, 'now').mockReturnValue(later);
    // The end is on its way when the request begins, which would fail on that connection, since it is not repeatable.
    sockets[0]?.end();
    const ending = ask(pool, { mayRepeat: () => false });
    clock.mockRestore();
    expect(await ending).toMatchObject({ status: 200 });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 1]);
  });

  it('that could be closed already fail a request that must not be sent twice', async () => {
    const pool = poolTo(receiver.url);
    await ask(pool);
    receiver.respond = (socket) => void socket.end();
    expect(await ask(pool, { mayRepeat: () => false })).toEqual({ error: 'ECONNRESET: The connection was closed without a response', isSent: true });
    expect(receiver.requests.length).toBe(2);
  });

  it('that do not come about fail what waits for them, and nothing was sent', async () => {
    expect(await ask(poolTo(new URL('http://127.0.0.1:9')))).toEqual({ error: 'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9', isSent: false });
    const never: LookupFunction = () => undefined;
    expect(await ask(poolTo(new URL('http://never.test'), { lookup: never, connectTimeoutMs: 50 }))).toEqual({ error: 'ETIMEDOUT: No connection to never.test within 50 ms', isSent: false });
  });

  it('end with their pool: at once, or after what is under way', async () => {
    receiver.respond = () => undefined;
    const [destroyed, closed] = [poolTo(receiver.url, { maxConnections: 1 }), poolTo(receiver.url, { maxConnections: 1 })];
    const [first, waiting] = [ask(destroyed), ask(destroyed)];
    await waitUntil('a request', () => receiver.requests.length === 1);
    destroyed.destroy();
    const error = 'CLIENT_STOPPED: The client was stopped';
    expect([await first, await waiting, await ask(destroyed)]).toEqual([{ error, isSent: true }, { error, isSent: false }, { error, isSent: false }]);
    receiver.respond = (socket) => void socket.write(OK);
    const endings = [ask(closed), ask(closed)];
    const end = Promise.withResolvers<void>();
    closed.close(end.resolve);
    expect(await Promise.all(endings)).toMatchObject([{ status: 200 }, { status: 200 }]);
    await end.promise;
    await waitUntil('the connections closed', () => receiver.open === 0);
  });
});

describe('a response', () => {
  it('waits in the network while it is not taken', async () => {
    const bytes = 20_000_000;
    let written = false;
    receiver.respond = (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes), () => (written = true));
    };
    const { paused, whole } = takeInParts(poolTo(receiver.url, { maxBodyBytes: Infinity }));
    expect(await paused).toBeLessThan(200_000);
    expect(written).toBe(false);
    expect(await whole()).toBe(bytes);
    expect(receiver.open).toBe(1);
  });
});

/**
 * Takes a long response in parts. `paused`: what came while nothing was taken, long enough for the receiver to fill all
 * buffers. `whole`: takes the rest.
 */
function takeInParts(pool: ConnectionPool): { readonly paused: Promise<number>; readonly whole: () => Promise<number> } {
  const end = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let taken = 0;
  let isPaused = true;
  const exchange = pool.send({ method: 'POST', target: '/', headers: [], body: undefined, mayRepeat: () => false }, {
    onHead: () => undefined,
    onData: ({ length }) => {
      taken += length;
      begun.resolve();
      if (!isPaused) setImmediate(() => exchange.resume());
      return false;
    },
    onEnd: end.resolve,
    onFailure: end.reject,
  });
  const paused = async (): Promise<number> => {
    await begun.promise;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return taken;
  };
  const whole = async (): Promise<number> => {
    isPaused = false;
    exchange.resume();
    await end.promise;
    return taken;
  };
  return { paused: paused(), whole };
}

describe('a streamed body', () => {
  it('is sent with its length, or in chunks', async () => {
    const pool = poolTo(receiver.url);
    expect(await ask(pool, { body: { stream: Readable.from([Buffer.from('ab'), Buffer.from('c')]), length: 3 } })).toMatchObject({ status: 200 });
    expect(receiver.requests[0]).toMatchObject({ body: Buffer.from('abc') });
    expect(await ask(pool, { body: { stream: Readable.from([Buffer.from('ab'), Buffer.alloc(20, 'c')]), length: undefined } })).toMatchObject({ status: 200 });
    expect(receiver.requests[1]?.head).toContain('transfer-encoding: chunked');
  });

  it.each([['shorter', 4], ['longer', 2]])('that is %s than its length fails, and its connection is closed', async (_than, length) => {
    receiver.respond = () => undefined;
    const body = { stream: Readable.from([Buffer.from('ab'), Buffer.from('c')]), length };
    expect(await ask(poolTo(receiver.url), { body })).toMatchObject({ error: expect.stringMatching(/^REQUEST_CUT_OFF: /) as unknown as string, isSent: true });
    await waitUntil('the connection closed', () => receiver.open === 0);
  });

  it('that was destroyed fails', async () => {
    const stream = new Readable({ read: () => undefined });
    stream.destroy();
    expect(await ask(poolTo(receiver.url), { body: { stream, length: 5 } })).toMatchObject({ error: 'REQUEST_CUT_OFF: The body ended before its end' });
  });

  it('does not fail when the response comes before its end', async () => {
    receiver.onConnection = (socket) => void socket.once('data', () => socket.write(OK));
    const stream = new Readable({ read: () => undefined });
    const ending = ask(poolTo(receiver.url), { body: { stream, length: 100 } });
    expect(await ending).toMatchObject({ status: 200 });
    await waitUntil('the connection closed', () => receiver.open === 0);
    expect(stream.destroyed).toBe(false);
  });
});

describe('the bound of sockets', () => {
  it('keeps no pool open whose last requests were aborted while they waited', async () => {
    const held: Socket[] = [];
    receiver.respond = (socket) => void held.push(socket);
    const budget = new SocketBudget(1);
    const [other, closing] = [poolTo(receiver.url, {}, budget), poolTo(receiver.url, {}, budget)];
    const ending = ask(other);
    const { exchange } = send(closing);
    const closed = Promise.withResolvers<void>();
    closing.close(closed.resolve);
    exchange.abort();
    await waitUntil('a request', () => held.length === 1);
    held[0]?.write(OK);
    expect(await ending).toMatchObject({ status: 200 });
    await closed.promise;
  });

  it('lets an endpoint without a connection go first, whatever others wait for', async () => {
    const held: Socket[] = [];
    receiver.respond = (socket) => void held.push(socket);
    const budget = new SocketBudget(4);
    const [many, one] = [poolTo(receiver.url, {}, budget), poolTo(receiver.url, {}, budget)];
    const endings = Array.from({ length: 8 }, () => ask(many));
    await waitUntil('four requests', () => held.length === 4);
    const late = ask(one, { body: Buffer.from('late') });
    held[0]?.write(OK);
    await waitUntil('the late request', () => receiver.requests.some(({ body }) => body.toString() === 'late'));
    expect(receiver.open).toBeLessThanOrEqual(4);
    receiver.respond = (socket) => void socket.write(OK);
    for (const socket of held) socket.write(OK);
    expect(await late).toMatchObject({ status: 200 });
    expect((await Promise.all(endings)).every(({ status }) => status === 200)).toBe(true);
  });

  it('closes the connection of another endpoint that is idle longest', async () => {
    const budget = new SocketBudget(2);
    const [first, second, third] = [poolTo(receiver.url, {}, budget), poolTo(receiver.url, {}, budget), poolTo(receiver.url, {}, budget)];
    for (const pool of [first, second, third]) expect(await ask(pool)).toMatchObject({ status: 200 });
    expect([first.openSockets, second.openSockets, third.openSockets]).toEqual([0, 1, 1]);
    await waitUntil('two connections', () => receiver.open === 2);
  });

  it('is never exceeded, and everything is served, with many endpoints of which some fail', async () => {
    let most = 0;
    receiver.respond = (socket, { number }) => {
      most = Math.max(most, receiver.open);
      if (number % 7 === 0) socket.destroy();
      else if (number % 5 === 0) socket.end('HTTP/1.0 200 OK\r\n\r\nok');
      else setImmediate(() => socket.write(OK));
    };
    const budget = new SocketBudget(10);
    const all = Array.from({ length: 40 }, () => poolTo(receiver.url, { maxConnections: 5 }, budget));
    const endings = await Promise.all(all.flatMap((pool) => Array.from({ length: 20 }, () => ask(pool))));
    expect(endings.length).toBe(800);
    // The receiver may see the end of a connection after the beginning of the next.
    expect(most).toBeLessThanOrEqual(20);
    expect(all.reduce((sum, { openSockets }) => sum + openSockets, 0)).toBeLessThanOrEqual(10);
  });
});

describe('TLS', () => {
  const { key, cert } = selfSignedCertificate('localhost');
  const other = selfSignedCertificate('localhost');
  let trusted: string[];
  let server: Server;
  let sockets: TLSSocket[];

  beforeAll(() => {
    trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, cert]);
  });

  afterAll(() => setDefaultCACertificates(trusted));

  async function listen(certificate: { key: string; cert: string }): Promise<URL> {
    sockets = [];
    server = createServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).on('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new URL(`https://localhost:${(server.address() as AddressInfo).port}`);
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  it('names the host, speaks HTTP/1.1 only, and resumes its session', async () => {
    const pool = poolTo(await listen({ key, cert }));
    for (let i = 0; i < 3; i++) expect(await ask(pool, { body: Buffer.alloc(100_000) })).toEqual({ status: 200, body: 'ok' });
    expect(sockets.map((socket) => [(socket as { servername?: unknown }).servername, socket.alpnProtocol])).toEqual(Array(3).fill(['localhost', 'http/1.1']));
    expect(sockets[2]?.isSessionReused()).toBe(true);
  });

  it('holds a response back while it is not taken', async () => {
    const url = await listen({ key, cert });
    const bytes = 20_000_000;
    server.removeAllListeners('secureConnection').on('secureConnection', (socket: TLSSocket) => {
      sockets.push(socket);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
      socket.write(Buffer.alloc(bytes));
    });
    const { paused, whole } = takeInParts(poolTo(url, { maxBodyBytes: Infinity }));
    expect(await paused).toBeLessThan(200_000);
    expect(await whole()).toBe(bytes);
  });

  it('refuses a certificate that nobody trusts, or of another host', async () => {
    expect(await ask(poolTo(await listen(other)))).toMatchObject({ error: expect.stringMatching(/^DEPTH_ZERO_SELF_SIGNED_CERT: /) as unknown as string, isSent: false });
    server.close();
    const url = await listen({ key, cert });
    url.hostname = '127.0.0.1';
    expect(await ask(poolTo(url))).toMatchObject({ error: expect.stringMatching(/^ERR_TLS_CERT_ALTNAME_INVALID: /) as unknown as string, isSent: false });
  });
});
