import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Socket } from 'node:net';
import type { AttemptResult } from '#domain/disposition';
import { RawReceiver } from '#dev/testing/raw-receiver';
import { waitUntil } from '#dev/testing/wait-until';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy } from '#ground/network/address-policy';
import { now } from '#domain/clock';
import { testLeaseOf, testPermit } from '#flow/rate-limits/fixtures/test-permit';
import type { SendPermit } from '#flow/rate-limits/send-permit';
import { AttemptClient } from './attempt-client.js';
import type { EndpointTarget } from './endpoint-directory.js';
import type { Attempt } from './exchange.js';

const ENDPOINT = 1;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

let receiver: RawReceiver;
let client: AttemptClient;

beforeEach(async () => {
  receiver = await RawReceiver.start();
  const target = { id: ENDPOINT, url: receiver.url, maxConcurrency: 2, deleted: false } as EndpointTarget;
  client = new AttemptClient(new AddressPolicy({ allowPrivateNetworks: ['127.0.0.0/8'], allowHttp: true }), new SocketBudget(10), { onChange: (listener) => listener(target) });
  client.start();
});

afterEach(async () => {
  client.stop();
  await receiver.stop();
});

interface Sent {
  readonly timeoutMs?: number;
  readonly body?: string;
  readonly attempt?: number;
  readonly mayRepeat?: () => boolean;
  readonly permit?: SendPermit;
}

function send({ timeoutMs = 5_000, body = '{"n":1}', attempt = 1, mayRepeat = () => true, permit }: Sent = {}): Attempt {
  return client.send(ENDPOINT, { url: receiver.url, headers: ['lockstep-attempt', String(attempt)], body: Buffer.from(body), timeoutMs, mayRepeat, permit });
}

/** The responses of the receiver's requests, in order; `$` closes the connection. The last one is used for all others. */
function answer(...responses: readonly string[]): void {
  receiver.respond = (socket, { number }) => {
    const response = responses[Math.min(number, responses.length) - 1] ?? '';
    socket.write(response.replace(/\$$/, ''), 'latin1');
    if (response.endsWith('$')) socket.end();
  };
}

const bodyOf = (result: AttemptResult | undefined): string => Buffer.from(result?.responseBody ?? []).toString('latin1');

/** Sends a second attempt, which is answered well, and tells which connections were used. */
async function sendAnother(): Promise<(number | undefined)[]> {
  receiver.respond = (socket) => void socket.write(OK);
  expect(await send().result).toMatchObject({ statusCode: 200, error: undefined });
  return receiver.requests.map(({ connection }) => connection);
}

/** The row's response, its status and body, and whether the connection is used again. */
const DELIVERED: readonly (readonly [title: string, response: string, status: number, body: string, isReused: boolean])[] = [
  ['an interim response', `HTTP/1.1 100 Continue\r\n\r\n${OK}`, 200, 'ok', true],
  ['many interim responses', `${'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(50)}${OK}`, 200, 'ok', true],
  ['20 KiB of cookies', `HTTP/1.1 200 OK\r\nSet-Cookie: a=${'x'.repeat(20_480)}\r\nContent-Length: 2\r\n\r\nok`, 200, 'ok', true],
  ['200 KiB of headers', `HTTP/1.1 200 OK\r\n${`X: ${'x'.repeat(2_000)}\r\n`.repeat(100)}Content-Length: 2\r\n\r\nok`, 200, 'ok', true],
  ['a head without an end', `HTTP/1.1 200 OK\r\n${`X: ${'x'.repeat(2_000)}\r\n`.repeat(600)}`, 200, '', false],
  ['a body of more than 1 MiB', `HTTP/1.1 200 OK\r\nContent-Length: 1200000\r\n\r\n${'x'.repeat(1_200_000)}`, 200, 'x'.repeat(16_384), false],
  ['chunks of more than 1 MiB, one byte each', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(200_000)}`, 200, 'x'.repeat(16_384), false],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nok$', 200, 'ok', false],
  ['HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['another version', 'HTTP/1.9 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['no reason phrase', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', true],
  ['a reason phrase beyond ASCII', 'HTTP/1.1 200 \xd6k\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', true],
  ['a header value beyond ASCII', 'HTTP/1.1 200 OK\r\nX-Name: J\xfcrgen \xff\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', true],
  ['a header name beyond ASCII', 'HTTP/1.1 200 OK\r\nX-\xfc: 1\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['lines that end with LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok', 200, 'ok', false],
  ['blank lines ahead', `\r\n\r\n${OK}`, 200, 'ok', false],
  ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['a header without colon', 'HTTP/1.1 200 OK\r\nbroken\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok', 200, 'ok', false],
  ['control characters', 'HTTP/1.1 200 OK\r\nX: \x00\x01\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['a length twice in a line', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok', 200, 'ok', false],
  ['a length twice', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok', 200, '', false],
  ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok', 200, '', false],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok', 200, '', false],
  ['a length that nobody can count', `HTTP/1.1 200 OK\r\nContent-Length: 1${'0'.repeat(21)}\r\n\r\nok`, 200, '', false],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok', false],
  ['two codings', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok', false],
  ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: mystery\r\n\r\nok$', 200, 'ok', false],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200, 'ok', true],
  ['a chunk extension', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0\r\n\r\n', 200, 'ok', false],
  ['spaces around chunk sizes', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 2 \r\nok\r\n0 \r\n\r\n', 200, 'ok', false],
  ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: 1\r\n\x00\r\n\r\n', 200, 'ok', false],
  ['chunks without the last line', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n$', 200, 'ok', false],
  ['an unreadable chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnot a size\r\n', 200, 'ok', false],
  ['no content', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204, '', true],
  ['a 204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok', 204, '', false],
  ['a 204 with bytes behind it', 'HTTP/1.1 204 No Content\r\n\r\nok', 204, '', false],
  ['a 205 without a length', 'HTTP/1.1 205 Reset Content\r\n\r\n', 205, '', false],
  ['a 205 with a body', 'HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nok', 205, 'ok', true],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\nok$', 200, 'ok', false],
  ['a compressed body', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b', 200, '\x1f\x8b', true],
  ['an offer to upgrade', 'HTTP/1.1 200 OK\r\nUpgrade: h2,h2c\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', true],
  ['connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['a connection kept for one second', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', false],
  ['bytes behind the response', `${OK}more`, 200, 'ok', false],
  ['a second response behind the first', `${OK}HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n`, 200, 'ok', false],
];

const FAILED: readonly (readonly [title: string, response: string, result: Partial<AttemptResult>])[] = [
  ['a protocol switch', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', { statusCode: 101, error: undefined }],
  ['an error with an unreadable length', 'HTTP/1.1 503 Unavailable\r\nRetry-After: 7\r\nContent-Length: x\r\n\r\n', { statusCode: 503, error: undefined, retryAfterMs: 7_000 }],
  ['no response', '$', { statusCode: undefined, error: 'ECONNRESET: The connection was closed without a response' }],
  ['only an interim response', 'HTTP/1.1 100 Continue\r\n\r\n$', { statusCode: undefined, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended within its head' }],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n$', { statusCode: undefined, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended within its head' }],
  ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok$', { statusCode: undefined, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended after 2 of 4 bytes' }],
  ['chunks without the last one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n$', { statusCode: undefined, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended before its last chunk' }],
  ['half the body of an error', 'HTTP/1.1 503 Unavailable\r\nRetry-After: 600\r\nContent-Length: 4\r\n\r\nok$', { statusCode: 503, retryAfterMs: 600_000, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended after 2 of 4 bytes' }],
  ['half the body of a 410', 'HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\nok$', { statusCode: undefined, error: 'RESPONSE_CUT_OFF: The connection was closed before the end of the response: it ended after 2 of 4 bytes' }],
  ['another protocol', '220 mail.example.com ESMTP\r\n', { statusCode: undefined, error: 'RESPONSE_UNREADABLE: The response can\'t be read: it begins with "220 m" and not with "HTTP/"' }],
  ['a status that is no number', 'HTTP/1.1 OK\r\n\r\n', { statusCode: undefined, error: 'RESPONSE_UNREADABLE: The response can\'t be read: its status line is "HTTP/1.1 OK"' }],
  ['interim responses without an end', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(50_000), { statusCode: undefined, error: "RESPONSE_TOO_LONG: The response can't be read: its head is longer than 1048576 bytes" }],
];

describe('a 2xx response delivers:', () => {
  it.each(DELIVERED)('%s', async (_title, response, statusCode, body, isReused) => {
    answer(response);
    const result = await send().result;
    expect(result).toMatchObject({ statusCode, error: undefined });
    expect(bodyOf(result)).toBe(body);
    expect(await sendAnother()).toEqual([0, isReused ? 0 : 1]);
    await waitUntil('odd connections closed', () => receiver.open === 1);
  });

  it('a head that comes byte by byte', async () => {
    receiver.respond = (socket) => {
      const bytes = [...`HTTP/1.1 100 Continue\r\n\r\n${OK}`];
      const next = (): void => {
        socket.write(bytes.shift() ?? '');
        if (bytes.length > 0) setImmediate(next);
      };
      next();
    };
    expect(await send().result).toMatchObject({ statusCode: 200, error: undefined });
    expect(await sendAnother()).toEqual([0, 0]);
  });

  it.each(['and reads nothing more', 'and closes', 'and resets the connection'])('a response that comes before the request was read: the receiver sends it %s', async (then) => {
    receiver.onConnection = (socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok', () => {
          if (then.includes('closes')) socket.destroy();
          if (then.includes('resets')) socket.resetAndDestroy();
        });
      });
    };
    // More than the buffers of both sides.
    expect(await send({ body: 'x'.repeat(30_000_000) }).result).toMatchObject({ statusCode: 202, error: undefined });
    receiver.onConnection = () => undefined;
    expect(await sendAnother()).toEqual([1]);
  });
});

describe('a 204 without a length', () => {
  it.each(['HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n', OK, '{"ok":true}'])('whose body comes late, which is not the response to another attempt: %j', async (late) => {
    receiver.respond = (socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n', () => setTimeout(() => socket.write(late), 5));
    for (let i = 0; i < 4; i++) expect(await send().result).toMatchObject({ statusCode: 204, error: undefined });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 1, 2, 3]);
  });

  it('that is without a body: its connections are used again after a rest', async () => {
    answer('HTTP/1.1 204 No Content\r\n\r\n');
    for (let i = 0; i < 10; i++) expect(await send().result).toMatchObject({ statusCode: 204, error: undefined });
    expect(receiver.connections).toBe(2);
  });
});

describe('an attempt fails:', () => {
  it.each(FAILED)('%s', async (_title, response, expected) => {
    answer(response);
    expect(await send().result).toMatchObject(expected);
    expect(await sendAnother()).toEqual([0, 1]);
    await waitUntil('odd connections closed', () => receiver.open === 1);
  });

  it.each([
    ['302 Found\r\nLocation: /other', { statusCode: 302 }],
    ['410 Gone', { statusCode: 410 }],
    ['429 Too Many Requests\r\nRetry-After: 7', { statusCode: 429, retryAfterMs: 7_000 }],
    ['500 Internal Server Error', { statusCode: 500 }],
  ])('a complete response that is no 2xx, which leaves its connection in use: %j', async (status, expected) => {
    answer(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    expect(await send().result).toMatchObject({ ...expected, error: undefined });
    expect(await sendAnother()).toEqual([0, 0]);
  });

  it('a reset in the middle of the body', async () => {
    receiver.respond = (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nhalf', () => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(await send().result).toMatchObject({ statusCode: undefined, error: 'ECONNRESET: read ECONNRESET' });
  });

  it('no end of the response in time; a connection that swallows everything is not used again', async () => {
    receiver.respond = () => undefined;
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
    await waitUntil('the connection closed', () => receiver.open === 0);
    answer('HTTP/1.1 200 OK\r\n\r\nno length, and no end');
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
    answer('HTTP/1.1 429 Too Many Requests\r\nRetry-After: 600\r\n\r\nno length, and no end');
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: 429, retryAfterMs: 600_000, error: 'No complete response within 150 ms' });
    expect(await sendAnother()).toEqual([0, 1, 2, 3]);
  });

  it('but delivers when only trailers are missing in time', async () => {
    answer('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: ');
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: 200, error: undefined });
    expect(await sendAnother()).toEqual([0, 1]);
  });

  it('a request that HTTP cannot express, of which nothing is sent', async () => {
    for (const header of [['x', 'a\r\nb: c'], ['x', '\u010a'], ['x y', 'a'], ['Transfer-Encoding', 'chunked']]) {
      const { result } = client.send(ENDPOINT, { url: receiver.url, headers: header, body: Buffer.alloc(0), timeoutMs: 5_000, mayRepeat: () => true });
      expect(await result).toMatchObject({ statusCode: undefined, error: expect.stringMatching(/^INVALID_REQUEST: /) as unknown as string });
    }
    expect(receiver.connections).toBe(0);
  });
});

it('a request that gets no connection in time is no attempt', async () => {
  const held: Socket[] = [];
  receiver.respond = (socket) => void held.push(socket);
  // As many as the endpoint's connections.
  const others = [send(), send()];
  await waitUntil('two requests', () => held.length === 2);
  expect(await send({ timeoutMs: 150 }).result).toBeUndefined();
  for (const socket of held) socket.write(OK);
  for (const { result } of others) expect(await result).toMatchObject({ statusCode: 200 });
  expect(receiver.requests.length).toBe(2);
});

describe('a request on a connection that is used again', () => {
  beforeEach(async () => {
    expect(await send().result).toMatchObject({ statusCode: 200 });
  });

  /** What the receiver does with each request from the second on. The last one is used for all others. */
  function then(...steps: readonly ((socket: Socket) => void)[]): void {
    receiver.respond = (socket, { number }) => steps[Math.min(number - 1, steps.length) - 1]?.(socket);
  }
  const close = (socket: Socket): void => void socket.end();
  const reset = (socket: Socket): void => void socket.resetAndDestroy();
  const succeed = (socket: Socket): void => void socket.write(OK);

  it.each([['closed', close], ['reset', reset]])('and %s before a response is sent again at once, as the same attempt', async (_how, end) => {
    then(end, succeed);
    expect(await send({ attempt: 2 }).result).toMatchObject({ statusCode: 200, error: undefined });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 0, 1]);
    expect(receiver.requests[2]?.head).toBe(receiver.requests[1]?.head);
    expect(receiver.requests[2]?.body).toEqual(receiver.requests[1]?.body);
  });

  it('is sent again once', async () => {
    then(close);
    expect(await send().result).toMatchObject({ statusCode: undefined, error: 'ECONNRESET: The connection was closed without a response' });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 0, 1]);
  });

  it('is sent again when what comes is no response, but the rest of an earlier one', async () => {
    then((socket) => socket.write('<!-- late -->'), succeed);
    expect(await send().result).toMatchObject({ statusCode: 200, error: undefined });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 0, 1]);
    then((socket) => socket.write('<!-- late -->'));
    expect(await send().result).toMatchObject({ statusCode: undefined, error: expect.stringMatching(/^RESPONSE_UNREADABLE: /) as unknown as string });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 0, 1, 1, 2]);
  });

  it('is sent again within the same timeout', async () => {
    then(close, () => undefined);
    const result = await send({ timeoutMs: 200 }).result;
    expect(result).toMatchObject({ error: 'No complete response within 200 ms' });
    expect(receiver.requests.length).toBe(3);
  });

  it('is sent again after a 408 that closes the connection, as load balancers send it to idle ones', async () => {
    then((socket) => socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'), succeed);
    expect(await send().result).toMatchObject({ statusCode: 200 });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 0, 1]);
  });

  it.each([
    ['a byte of the response has come', (socket: Socket) => socket.end('H')],
    ['the 408 keeps the connection', (socket: Socket) => socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')],
  ])('is not sent again when %s', async (_when, step) => {
    then(step, succeed);
    expect((await send().result)?.statusCode).not.toBe(200);
    expect(receiver.requests.length).toBe(2);
  });

  it('is not sent again when the shard may have another owner by now', async () => {
    then(close, succeed);
    expect(await send({ mayRepeat: () => false }).result).toMatchObject({ statusCode: undefined, error: 'ECONNRESET: The connection was closed without a response' });
    expect(receiver.requests.length).toBe(2);
  });

  it('uses a second token when it is sent again', async () => {
    const lease = testLeaseOf(2);
    then(close, succeed);
    expect(await send({ permit: testPermit(lease) }).result).toMatchObject({ statusCode: 200 });
    expect([receiver.requests.length, lease.usable(now())]).toEqual([3, 0]);
  });

  it('is not sent again without a second token, and counts as no attempt', async () => {
    then(close, succeed);
    expect(await send({ permit: testPermit(testLeaseOf(1)) }).result).toBeUndefined();
    expect(receiver.requests.length).toBe(2);
    expect(await sendAnother()).toEqual([0, 0, 1]);
  });

  it('is not sent again after it was aborted', async () => {
    const received = Promise.withResolvers<Socket>();
    then((socket) => received.resolve(socket), succeed);
    const attempt = send();
    const socket = await received.promise;
    attempt.abort();
    socket.end();
    expect(await attempt.result).toBeUndefined();
    await waitUntil('the connection closed', () => receiver.open === 0);
    expect(await sendAnother()).toEqual([0, 0, 1]);
  });

  it('costs no attempt when the receiver closes each connection just as it is used again', async () => {
    receiver.respond = (socket, { number }) => {
      socket.write(OK);
      // At any moment of the next request.
      if (number % 2 === 0) setTimeout(() => socket.destroy(), number % 5);
      else setImmediate(() => socket.destroy());
    };
    for (let i = 0; i < 100; i++) {
      expect(await send().result).toMatchObject({ statusCode: 200, error: undefined });
      if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  });
});

it('a first request on a connection is not sent again', async () => {
  answer('$');
  expect(await send().result).toMatchObject({ statusCode: undefined });
  expect(receiver.requests.length).toBe(1);
});

it('a 408 to the first request on a connection is a failed attempt', async () => {
  answer('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  expect(await send().result).toMatchObject({ statusCode: 408 });
  expect(receiver.requests.length).toBe(1);
});

describe('bytes that no request has asked for', () => {
  it.each(['HTTP/1.1 200 Smuggled\r\nContent-Length: 0\r\n\r\n', '\r\n', 'x'])('close an idle connection: %j', async (surplus) => {
    const sockets: Socket[] = [];
    receiver.respond = (socket) => {
      sockets.push(socket);
      socket.write(OK);
    };
    expect(bodyOf(await send().result)).toBe('ok');
    sockets[0]?.write(surplus);
    await waitUntil('the connection closed', () => receiver.open === 0);
    answer('', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown');
    expect(bodyOf(await send().result)).toBe('own');
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 1]);
  });
});

describe('a request whose token is no longer valid when it is to be written', () => {
  /** A token that runs out while the connection is set up. */
  function expiringPermit(): SendPermit {
    const lease = testLeaseOf(1);
    const permit = testPermit(lease);
    lease.change({ bucket: 'endpoint/1', perSecond: 1, burst: 5 });
    return permit;
  }

  it('is not written, counts as no attempt, and leaves its new connection to the next one', async () => {
    expect(await send({ permit: expiringPermit() }).result).toBeUndefined();
    await waitUntil('the connection', () => receiver.connections === 1);
    expect(receiver.requests).toEqual([]);
    expect(await sendAnother()).toEqual([0]);
  });

  it('is not written on a connection that is open already', async () => {
    expect(await sendAnother()).toEqual([0]);
    expect(await send({ permit: expiringPermit() }).result).toBeUndefined();
    expect(await sendAnother()).toEqual([0, 0]);
  });

  it('lets those go on that wait for a connection, however many they are', async () => {
    const attempts = [...Array.from({ length: 5_000 }, () => send({ permit: expiringPermit() })), send()];
    const results = await Promise.all(attempts.map(({ result }) => result));
    expect([results.filter((result) => result === undefined).length, results.at(-1)?.statusCode, receiver.requests.length]).toEqual([5_000, 200, 1]);
  });

  it('is sent again when the connection that it left was closed before the next one', async () => {
    expect(await send({ permit: expiringPermit() }).result).toBeUndefined();
    answer('$', OK);
    expect(await send().result).toMatchObject({ statusCode: 200 });
    expect(receiver.requests.map(({ connection }) => connection)).toEqual([0, 1]);
  });
});
