import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AppUnderTest } from '#dev/testing/app-under-test';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { Backend } from '../fixtures/backend.js';
import { type Answer, Client, newKey, replayed } from '../fixtures/client.js';

// A proxy dies after its claim is committed and before it sends a byte of the request: either before it gets the answer to
// its claim, or while it connects to the backend. A second proxy runs all the time.
const ROUTES = [{ path: '/safe', takeover: 'safe', lease: '1s' }, { path: '/*', lease: '1s' }];

let database: TestDatabase;
let store: pg.Client;
let storeNetwork: TcpProxy;
let backend: Backend;
let other: AppUnderTest;
let elsewhere: Client;
let dying: AppUnderTest;
let here: Client;

const settings = { NODE_ENV: 'production', LOG_LEVEL: 'fatal', LOCKSTEP_PROXY_ROUTES: JSON.stringify(ROUTES) };

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  const { hostname, port } = new URL(database.url);
  storeNetwork = await TcpProxy.start(hostname, Number(port));
  backend = await Backend.start();
  other = await AppUnderTest.launch('proxy', { ...settings, DATABASE_URL: database.url, UPSTREAM_URL: backend.url });
  await other.ready();
  elsewhere = new Client(other.url);
});

afterAll(async () => {
  await elsewhere.close();
  await other.signal('SIGKILL');
  await Promise.all([storeNetwork.stop(), backend.stop(), store.end()]);
  await database.drop();
});

beforeEach(() => {
  backend.reset();
});

afterEach(async () => {
  await here.close();
  await dying.signal('SIGKILL');
  storeNetwork.restore();
});

async function launch(upstreamUrl: string): Promise<void> {
  const far = Object.assign(new URL(database.url), { port: String(storeNetwork.port) });
  dying = await AppUnderTest.launch('proxy', { ...settings, DATABASE_URL: far.href, UPSTREAM_URL: upstreamUrl });
  await dying.ready();
  here = new Client(dying.url);
}

/** A request that is repeated, to both proxies. */
interface Repeated {
  readonly key: string;
  /** `/safe` may be taken over. */
  readonly path: '/' | '/safe';
}

const ask = (client: Client, { key, path }: Repeated): Promise<Answer> => client.send(key, { path });

const untilClaimed = ({ key }: Repeated): Promise<unknown> => waitUntil('the claim in the store', async () => {
  const { rowCount } = await store.query("select from idempotent_requests where key = $1 and state = 'in_flight'", [key]);
  return rowCount === 1;
});

/** Without takeover the request stays indeterminate: no process can know that nothing was sent. */
async function expectIndeterminate(repeated: Repeated): Promise<void> {
  const seen = new Set<unknown>();
  await waitUntil('the end of the lease', async () => {
    const { code } = await ask(elsewhere, repeated);
    seen.add(code);
    return code !== 'request_in_progress';
  });
  seen.delete('request_in_progress');
  expect([...seen]).toEqual(['request_indeterminate']);
  expect(await elsewhere.send(repeated.key, { headers: { prefer: 'wait=5' } })).toMatchObject({ status: 409, code: 'request_indeterminate' });
  await dying.ready();
  for (const client of [here, elsewhere]) expect(await ask(client, repeated)).toMatchObject({ status: 409, code: 'request_indeterminate' });
  expect(backend.calls).toEqual([]);
}

/** One of 20 concurrent repeats takes it over when the lease has expired, and all others get its answer. */
async function expectOneCall(repeated: Repeated): Promise<void> {
  const answers: Answer[] = [];
  await waitUntil('the takeover', async () => {
    const repeats = await Promise.all(Array.from({ length: 20 }, () => ask(elsewhere, repeated)));
    answers.push(...repeats);
    return repeats.every(({ status }) => status === 201);
  });
  expect(answers.filter(({ status, code }) => status !== 201 && code !== 'request_in_progress')).toEqual([]);
  const given = answers.filter(({ status }) => status === 201);
  expect(new Set(given.map(({ text }) => text))).toEqual(new Set(['call 1']));
  expect(given.filter((answer) => !replayed(answer))).toHaveLength(1);
  await dying.ready();
  for (const client of [here, elsewhere]) expect(await ask(client, repeated)).toMatchObject({ status: 201, text: 'call 1', headers: { 'idempotent-replayed': 'true' } });
  expect(backend.callsByKey).toEqual(new Map([[repeated.key, 1]]));
}

/** The proxy restarts while the test asks the other one. */
async function killAndRestart(): Promise<void> {
  await dying.signal('SIGKILL');
  dying.start();
}

describe.each([
  { path: '/', expectRight: expectIndeterminate, then: 'it is indeterminate, and never forwarded' },
  { path: '/safe', expectRight: expectOneCall, then: 'it is forwarded after the lease, exactly once' },
] as const)('kill -9 of a proxy between its claim and the first byte to the backend, on $path', ({ path, expectRight, then }) => {
  it(`when Postgres has committed the claim and the proxy has no answer: ${then}`, async () => {
    await launch(backend.url);
    const repeated = { key: newKey(), path };
    const claiming = storeNetwork.holdAnswersAt('insert into idempotent_requests as taken');
    const nothing = ask(here, repeated).catch(() => undefined);
    await claiming;
    await untilClaimed(repeated);
    await killAndRestart();
    expect(await nothing).toBeUndefined();
    storeNetwork.restore();
    await expectRight(repeated);
  });

  it(`when the proxy has its claim and connects to the backend: ${then}`, async () => {
    // A TLS handshake that the backend does not answer: the connection is never established.
    const wire = await Wire.start();
    await launch(`https://127.0.0.1:${wire.port}`);
    const repeated = { key: newKey(), path };
    const nothing = ask(here, repeated).catch(() => undefined);
    await waitUntil('a connection being made', () => wire.greetings.length === 1);
    await untilClaimed(repeated);
    await killAndRestart();
    expect(await nothing).toBeUndefined();
    await wire.untilQuiet();
    // One TLS handshake record (22), and no byte of a request.
    expect(wire.greetings.map((bytes) => [bytes[0], bytes.length])).toEqual(wire.greetings.map((bytes) => [22, 5 + bytes.readUInt16BE(3)]));
    await wire.stop();
    await expectRight(repeated);
  });
});

/** A server that accepts connections and never answers. */
class Wire {
  private readonly received = new Map<Socket, Buffer>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => this.received.set(socket, Buffer.concat([this.received.get(socket) ?? Buffer.alloc(0), chunk])));
    });
  }

  static async start(): Promise<Wire> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Wire(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The received bytes, by connection. */
  get greetings(): Buffer[] {
    return [...this.received.values()];
  }

  /** Waits until all clients have disconnected and everything they sent has arrived. */
  async untilQuiet(): Promise<void> {
    await waitUntil('the end of all connections', () => [...this.received.keys()].every((socket) => socket.closed));
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
