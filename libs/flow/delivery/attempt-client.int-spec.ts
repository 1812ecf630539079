import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SocketBudget } from '#ground/http-client/socket-budget';
import { AddressPolicy, type AddressPolicyOptions } from '#ground/network/address-policy';
import { databaseOf } from '#ground/postgres/pool';
import { SecretBox } from '#ground/secrets/secret-box';
import { createLogger } from '#ground/telemetry/logger';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { waitUntil } from '#dev/testing/wait-until';
import { AttemptClient } from './attempt-client.js';
import { EndpointDirectory } from './endpoint-directory.js';
import type { Attempt } from './exchange.js';
import type { AttemptTimes } from './timed-exchange.js';

/** Below the 30 s after which an idle connection closes anyway. */
const SOON_MS = 10_000;

const CONNECTIONS = 2;

let fixture: ShardFixture;
let directory: EndpointDirectory;
let client: AttemptClient;
let server: Server;
let endpoint: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let bodies: string[];

beforeAll(async () => {
  fixture = await createShardFixture();
});

beforeEach(async () => {
  directory = new EndpointDirectory(databaseOf(fixture.pool), new SecretBox('x'.repeat(32)), createLogger('test', 'silent'));
  client = clientFor({ allowPrivateNetworks: ['127.0.0.0/8'], allowHttp: true });
  bodies = [];
  answer = (_request, response) => void response.end('ok');
  server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = await fixture.createEndpoint({ url: urlOf(server).toString() });
  await change(`max_concurrency = ${CONNECTIONS}`);
  await directory.start();
});

afterEach(async () => {
  client.stop();
  await directory.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

afterAll(() => fixture.close());

function clientFor(policy: AddressPolicyOptions): AttemptClient {
  const made = new AttemptClient(new AddressPolicy(policy), new SocketBudget(100), directory);
  made.start();
  return made;
}

function urlOf(receiver: Server): URL {
  const { port } = receiver.address() as AddressInfo;
  return new URL(`http://127.0.0.1:${port}/hook?a=b`);
}

function send(changes: { url?: string; timeoutMs?: number; times?: AttemptTimes } = {}): Attempt {
  const url = changes.url === undefined ? urlOf(server) : new URL(changes.url);
  return client.send(endpoint, { url, headers: ['x-test', 'yes'], body: Buffer.from('{"n":1}'), timeoutMs: changes.timeoutMs ?? 5_000, mayRepeat: () => true, times: changes.times });
}

/** Connections that the receiver has open. */
function openSockets(): Promise<number> {
  return new Promise((resolve, reject) => server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))));
}

async function whenOpen(count: number): Promise<void> {
  await waitUntil(`${count} connections at the receiver`, async () => (await openSockets()) === count, SOON_MS);
}

async function change(settings: string): Promise<void> {
  await fixture.pool.query(`update endpoints set updated_at = now(), ${settings} where id = $1`, [endpoint]);
  directory.nudge();
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
    expect(ports.size).toBe(1);
  });

  it('notes how far an attempt came, if it is asked to', async () => {
    const none = (): AttemptTimes => ({ connectedAtMs: undefined, sentAtMs: undefined, answeredAtMs: undefined, endedAtMs: undefined, isRepeated: false });
    const [answered, silent, refused] = [none(), none(), none()];
    const startedAtMs = performance.now();
    answer = (_request, response) => response.end();
    await send({ times: answered }).result;
    answer = () => undefined;
    await send({ timeoutMs: 150, times: silent }).result;
    await send({ url: 'http://127.0.0.1:9/', times: refused }).result;
    const { connectedAtMs = 0, sentAtMs = 0, answeredAtMs = 0, endedAtMs = 0, isRepeated } = answered;
    expect([startedAtMs <= connectedAtMs, connectedAtMs <= sentAtMs, sentAtMs <= answeredAtMs, answeredAtMs <= endedAtMs, isRepeated]).toEqual([true, true, true, true, false]);
    expect([silent.sentAtMs, silent.answeredAtMs, silent.endedAtMs].map((atMs) => atMs !== undefined)).toEqual([true, false, true]);
    expect([refused.connectedAtMs, refused.sentAtMs, refused.endedAtMs].map((atMs) => atMs !== undefined)).toEqual([true, false, true]);
  });

  it('does not follow redirects', async () => {
    answer = (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    expect(await send().result).toMatchObject({ statusCode: 302 });
    expect(bodies).toHaveLength(1);
  });

  it('keeps 16 KiB of the body, and a longer body does not make a 2xx fail', async () => {
    answer = (_request, response) => void response.writeHead(200).end(Buffer.alloc(3_000_000, 'x'));
    const result = await send().result;
    expect(result).toMatchObject({ statusCode: 200, error: undefined });
    expect(result?.responseBody.length).toBe(16_384);
  });

  it('times out when headers or body take too long', async () => {
    answer = () => undefined;
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
    answer = (_request, response) => void response.writeHead(200).write('never ends');
    expect(await send({ timeoutMs: 150 }).result).toMatchObject({ statusCode: undefined, error: 'No complete response within 150 ms' });
  });

  it('reports the error when no response comes', async () => {
    answer = (request) => request.socket.destroy();
    expect(await send().result).toMatchObject({ statusCode: undefined, error: expect.stringMatching(/^ECONNRESET: /) as unknown as string });
    expect(await send({ url: 'http://localhost:9/' }).result).toMatchObject({ statusCode: undefined, error: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:9') as unknown as string });
    expect(await send({ url: 'http://127.0.0.1:9/' }).result).toMatchObject({ statusCode: undefined, error: expect.stringContaining('ECONNREFUSED') as unknown as string });
  });

  it('reads the Retry-After of a 503', async () => {
    answer = (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end();
    expect(await send().result).toMatchObject({ statusCode: 503, retryAfterMs: 7_000 });
  });

  it('can be aborted, in flight or waiting for a connection', async () => {
    answer = () => undefined;
    const attempts = [send(), send(), send()];
    attempts.forEach((attempt) => attempt.abort());
    expect(await Promise.all(attempts.map(({ result }) => result))).toEqual([undefined, undefined, undefined]);
  });

  it('does not connect to addresses that are not allowed, by number or by name', async () => {
    const strict = clientFor({ allowPrivateNetworks: [], allowHttp: true });
    const { port } = server.address() as AddressInfo;
    const to = (host: string) => strict.send(endpoint, { url: new URL(`http://${host}:${port}/`), headers: [], body: Buffer.alloc(0), timeoutMs: 5_000, mayRepeat: () => true }).result;
    for (const host of ['127.0.0.1', '[::1]', 'localhost', '[::ffff:127.0.0.1]']) {
      expect(await to(host)).toMatchObject({ statusCode: undefined, error: expect.stringContaining('may not go to') as unknown as string });
    }
    expect(bodies).toEqual([]);
    strict.stop();
  });

  it('takes http:// to a name only where the networks are listed', async () => {
    const local = clientFor({ allowPrivateNetworks: ['127.0.0.0/8', '::1'], allowHttp: false });
    const { port } = server.address() as AddressInfo;
    const to = (host: string) => local.send(endpoint, { url: new URL(`http://${host}:${port}/`), headers: [], body: Buffer.alloc(0), timeoutMs: 5_000, mayRepeat: () => true }).result;
    expect(await to('localhost')).toMatchObject({ statusCode: 200 });
    expect(await to('1.1.1.1')).toMatchObject({ statusCode: undefined, error: expect.stringContaining('http:// is not allowed') as unknown as string });
    local.stop();
  });

  it('closes the connections of a deleted endpoint, that of an attempt in flight after its answer', async () => {
    const answers: (() => void)[] = [];
    answer = (_request, response) => void answers.push(() => response.end());
    const [first, second] = [send(), send()];
    await waitUntil('two requests', () => answers.length === 2);
    answers[0]?.();
    await Promise.race([first.result, second.result]);
    expect(await openSockets()).toBe(2);
    await change('deleted_at = now()');
    await whenOpen(1);
    answers[1]?.();
    expect(await Promise.all([first.result, second.result])).toMatchObject([{ statusCode: 200 }, { statusCode: 200 }]);
    await whenOpen(0);
  });

  it('closes the connections to the former origin of an endpoint that sends nothing more', async () => {
    expect(await send().result).toMatchObject({ statusCode: 200 });
    expect(await openSockets()).toBe(1);
    await change("url = 'http://127.0.0.1:9/'");
    await whenOpen(0);
  });

  it('keeps the connections of an endpoint that changes otherwise', async () => {
    await send().result;
    await change('timeout_ms = 4321');
    await waitUntil('the change', () => directory.get(endpoint)?.timeoutMs === 4_321, SOON_MS);
    expect(await openSockets()).toBe(1);
  });

  it('sends an attempt that was prepared before its endpoint was deleted, and leaves no connection open', async () => {
    await change('deleted_at = now()');
    await waitUntil('the deletion', () => directory.get(endpoint)?.deleted === true, SOON_MS);
    expect(await send().result).toMatchObject({ statusCode: 200 });
    await whenOpen(0);
  });
});
