import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressPolicy } from '#ground/network/address-policy';
import { AttemptClient, type Attempt } from './attempt-client.js';

let client: AttemptClient;
let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let bodies: string[];

beforeEach(async () => {
  client = new AttemptClient(new AddressPolicy({ allowPrivateNetworks: ['127.0.0.0/8'], allowHttp: true }));
  bodies = [];
  answer = (_request, response) => void response.end('ok');
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function send(changes: { url?: string; timeoutMs?: number } = {}): Attempt {
  const { port } = server.address() as AddressInfo;
  const url = new URL(changes.url ?? `http://127.0.0.1:${port}/hook?a=b`);
  return client.send(1, 2, { url, headers: ['x-test', 'yes'], body: Buffer.from('{"n":1}'), timeoutMs: changes.timeoutMs ?? 5_000 });
}

describe('AttemptClient', () => {
  it('posts the bytes with the headers, and gives back status and body', async () => {
    answer = (request, response) => response.writeHead(201).end(`${request.method} ${request.url} ${String(request.headers['x-test'])}`);
    const result = await send().result;
    expect(result).toMatchObject({ statusCode: 201, error: undefined });
    expect(Buffer.from(result?.responseBody ?? []).toString()).toBe('POST /hook?a=b yes');
    expect(bodies).toEqual(['{"n":1}']);
  });

  it('reuses its connections', async () => {
    const ports = new Set<number | undefined>();
    answer = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    };
    for (let i = 0; i < 10; i++) await send().result;
    // Two, as allowed: the first is not free again when its response's end is reported.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('does not follow redirects', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    expect(await send().result).toMatchObject({ statusCode: 302 });
    expect(bodies).toHaveLength(1);
  });

  it('keeps 16 KiB of the body, and a body of whatever size leaves a 2xx a 2xx', async () => {
    answer = (_request, response) => void response.writeHead(200).end(Buffer.alloc(3_000_000, 'x'));
    const result = await send().result;
    expect(result).toMatchObject({ statusCode: 200, error: undefined });
    expect(result?.responseBody.length).toBe(16_384);
  });

  it('gives up when the whole exchange takes too long, headers or body', async () => {
    answer = () => undefined;
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
    answer = (_request, response) => void response.writeHead(200).write('never ends');
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
  });

  it('says what went wrong when no response comes', async () => {
    answer = (request) => request.socket.destroy();
    expect(await send().result).toMatchObject({ statusCode: undefined, error: expect.stringMatching(/UND_ERR_SOCKET|ECONNRESET/) as unknown as string });
    expect(await send({ url: 'http://127.0.0.1:9/' }).result).toMatchObject({ statusCode: undefined, error: expect.stringContaining('ECONNREFUSED') as unknown as string });
  });

  it('reads how long a 503 asks to wait', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end();
    expect(await send().result).toMatchObject({ statusCode: 503, retryAfterMs: 7_000 });
  });

  it('can be cut off, under way or waiting for a connection', async () => {
    answer = () => undefined;
    const attempts = [send(), send(), send()];
    attempts.forEach((attempt) => attempt.abort());
    expect(await Promise.all(attempts.map(({ result }) => result))).toEqual([undefined, undefined, undefined]);
  });

  it('does not connect to addresses that are not allowed, by number or by name', async () => {
    const strict = new AttemptClient(new AddressPolicy({ allowPrivateNetworks: [], allowHttp: true }));
    const { port } = server.address() as AddressInfo;
    const to = (host: string) => strict.send(1, 1, { url: new URL(`http://${host}:${port}/`), headers: [], body: Buffer.alloc(0), timeoutMs: 5_000 }).result;
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '[::ffff:127.0.0.1]']) {
      expect(await to(host)).toMatchObject({ statusCode: undefined, error: expect.stringContaining('may not go to') as unknown as string });
    }
    expect(bodies).toEqual([]);
    await strict.close();
  });

  it('takes http:// to a name only where the networks are listed', async () => {
    const local = new AttemptClient(new AddressPolicy({ allowPrivateNetworks: ['127.0.0.0/8', '::1'], allowHttp: false }));
    const { port } = server.address() as AddressInfo;
    const to = (host: string) => local.send(1, 1, { url: new URL(`http://${host}:${port}/`), headers: [], body: Buffer.alloc(0), timeoutMs: 5_000 }).result;
    expect(await to('localhost')).toMatchObject({ statusCode: 200 });
    expect(await to('1.1.1.1')).toMatchObject({ statusCode: undefined, error: expect.stringContaining('http:// is not allowed') as unknown as string });
    await local.close();
  });
});
