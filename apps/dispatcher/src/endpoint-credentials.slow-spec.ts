import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { TokenServer } from '#dev/testing/token-server';
import { waitUntil } from '#dev/testing/wait-until';
import { projectRoot } from '#ground/config/project-root';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
}

/** A receiver that answers 401 to what it cannot verify with its secret. */
class VerifyingReceiver {
  readonly received: Received[] = [];
  secret = '';
  /** Of a request that is verified. */
  respond: (headers: IncomingHttpHeaders) => number = () => 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { headers } = request;
        const status = this.verifies(Buffer.concat(chunks), headers) ? this.respond(headers) : 401;
        this.received.push({ id: String(headers['webhook-id']), headers, status });
        response.writeHead(status).end();
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  get refused(): number {
    return this.received.filter(({ status }) => status === 401).length;
  }

  arrivalOf(id: string): Promise<Received> {
    return waitUntil(`the event ${id} to arrive`, () => this.received.find((each) => each.id === id && each.status === 200));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private verifies(body: Buffer, headers: IncomingHttpHeaders): boolean {
    if (this.secret === '') return true;
    try {
      new Webhook(this.secret).verify(body, headers as Record<string, string>);
      return true;
    } catch (error) {
      if (error instanceof WebhookVerificationError) return false;
      throw error;
    }
  }
}

let system: SystemUnderTest;
let receiver: VerifyingReceiver;

beforeEach(async () => {
  receiver = new VerifyingReceiver();
  await receiver.listen();
});

afterEach(async () => {
  await system.stop();
  await receiver.close();
});

const create = (settings: Record<string, unknown> = {}, gateway = 0): Promise<Endpoint> => system.call('POST', '/v1/endpoints', { url: receiver.url, ...settings }, gateway) as Promise<Endpoint>;
const rotate = (id: string, rotation: Record<string, unknown>): Promise<Endpoint> => system.call('POST', `/v1/endpoints/${id}/rotate-secret`, rotation) as Promise<Endpoint>;

/** Posts events of 32 entities while `work` runs, then waits for their delivery. */
async function underLoad(work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const posted = new Set<string>();
  const clients = Array.from({ length: 4 }, async (_, client) => {
    for (let n = 0; !isOver; n++) posted.add((await system.post(`entity ${client * 8 + (n % 8)}`, { n })).id);
  });
  try {
    await work();
  } finally {
    isOver = true;
    await Promise.all(clients);
  }
  await waitUntil('all events to be delivered', () => {
    const delivered = new Set(receiver.received.filter(({ status }) => status === 200).map(({ id }) => id));
    return [...posted].every((id) => delivered.has(id));
  });
}

/** So many further requests have arrived. */
async function whenReceived(more: number): Promise<void> {
  const before = receiver.received.length;
  await waitUntil(`${more} requests`, () => receiver.received.length >= before + more);
}

/** The dispatchers know the new secret: what waits or retries meets a change within half a second. */
async function whenSignedTwice(): Promise<void> {
  const before = receiver.received.length;
  await waitUntil('requests with two signatures only', () => receiver.received.length > before + 100 && receiver.received.slice(-100).every((each) => signaturesOf(each) === 2));
}

const signaturesOf = ({ headers }: Received): number => String(headers['webhook-signature']).split(' ').length;

describe('a rotation under load, at two dispatchers', () => {
  it('refuses nothing: the receiver may change its secret at any moment of the overlap', async () => {
    system = await SystemUnderTest.start(sharedServers(), { dispatchers: 2 });
    const { id, secret } = await create();
    receiver.secret = secret;
    await underLoad(async () => {
      await whenReceived(200);
      const rotated = await rotate(id, { overlap: '1h' });
      await whenSignedTwice();
      receiver.secret = rotated.secret;
      await whenReceived(200);
    });
    expect(receiver.refused).toBe(0);
    // Without an overlap, what is posted after the answer has the new one only.
    const { secret: last } = await rotate(id, { overlap: '0s' });
    receiver.secret = last;
    expect(signaturesOf(await receiver.arrivalOf((await system.post('entity 1', {})).id))).toBe(1);
    expect(receiver.refused).toBe(0);
  }, 120_000);

  it('ends an overlap by itself', async () => {
    system = await SystemUnderTest.start(sharedServers(), { dispatchers: 2 });
    const { id } = await create();
    receiver.secret = (await rotate(id, { overlap: '2s' })).secret;
    await underLoad(async () => {
      await waitUntil('a request with two signatures', () => receiver.received.some((each) => signaturesOf(each) === 2));
      await waitUntil('a request with one signature', () => receiver.received.some((each) => signaturesOf(each) === 1));
    });
    const kinds = receiver.received.map(signaturesOf);
    // No clock of a dispatcher brings the old one back. Both dispatchers' requests are in one list, some milliseconds apart.
    expect(kinds.slice(kinds.indexOf(1) + 50)).not.toContain(2);
    expect(receiver.refused).toBe(0);
  }, 120_000);
});

describe('an endpoint that takes access tokens', () => {
  it('gets them from one token request, and another one after a 401', async () => {
    const tokens = await TokenServer.start();
    try {
      system = await SystemUnderTest.start(sharedServers(), { dispatchers: 1 });
      const { id, secret } = await create({ auth: { type: 'oauth2', tokenUrl: tokens.url, clientId: 'id', clientSecret: 'hidden' } });
      receiver.secret = secret;
      await underLoad(() => whenReceived(100));
      expect(tokens.requests).toHaveLength(1);
      expect(new Set(receiver.received.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer token-1']));
      receiver.respond = ({ authorization }) => (authorization === 'Bearer token-1' ? 401 : 200);
      const { id: event } = await system.post('entity 1', {});
      expect((await receiver.arrivalOf(event)).headers).toMatchObject({ authorization: 'Bearer token-2', 'lockstep-attempt': '2' });
      expect(tokens.requests).toHaveLength(2);
      expect(await system.call('GET', `/v1/endpoints/${id}`)).toMatchObject({ auth: { clientSecret: '***' } });
    } finally {
      await tokens.stop();
    }
  });

  it('fails without one, says why, and delays nobody else', async () => {
    const tokens = await TokenServer.start();
    try {
      tokens.answer = () => undefined;
      system = await SystemUnderTest.start(sharedServers(), { dispatchers: 1, env: { LOCKSTEP_DELIVERY_CONCURRENCY: '4', LOCKSTEP_RETRY_SCHEDULE: Array<string>(50).fill('300ms').join() } });
      const { id } = await create({ auth: { type: 'oauth2', tokenUrl: tokens.url, clientId: 'id', clientSecret: 'hidden' }, eventTypes: ['order.changed'], timeoutMs: 2_000 });
      await create({ eventTypes: ['order.changed'], url: `${receiver.url}?other` });
      const events = await Promise.all(Array.from({ length: 60 }, (_, n) => system.post(`entity ${n}`, {})));
      // The other endpoint, while the first one waits for tokens.
      await Promise.all(events.map(({ id: event }) => receiver.arrivalOf(event)));
      expect(receiver.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);
      const failed = await waitUntil('a failed attempt', async () => {
        const { deliveries } = (await system.call('GET', `/v1/events/${events[0]?.id}`)) as { deliveries: { endpoint: string; attempts: { error: string | null }[] }[] };
        return deliveries.find(({ endpoint, attempts }) => endpoint === id && attempts.length > 0);
      });
      expect(failed.attempts[0]).toMatchObject({ statusCode: null, error: 'oauth2: no token within 2000 ms' });
      tokens.answer = () => ({ body: { access_token: 'late', token_type: 'Bearer', expires_in: 3_600 } });
      await waitUntil('all deliveries with a token', () => receiver.received.filter(({ headers }) => headers.authorization === 'Bearer late').length >= events.length);
    } finally {
      await tokens.stop();
    }
  });
});

describe('another LOCKSTEP_SECRET_KEY', () => {
  const [FORMER, PRESENT] = ['former-key-0123456789abcdef0123456789', 'present-key-0123456789abcdef0123456789'];

  /** @param killWhen kills the process when its output matches */
  async function rotateSecrets(killWhen?: RegExp): Promise<number | null> {
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [path.join(projectRoot(), 'dist', 'libs', 'upkeep', 'secrets', 'rotate-secrets.js')], {
      env: { PATH, DATABASE_URL: system.databaseUrl, LOCKSTEP_SECRET_KEY: PRESENT, LOCKSTEP_SECRET_KEY_OLD: FORMER }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (killWhen?.test(output) === true) child.kill('SIGKILL');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }

  it('takes over process by process while secrets are rotated, through a kill -9, and in the end it is enough alone', async () => {
    // Each process can read the new key before one writes with it.
    system = await SystemUnderTest.start(sharedServers(), { dispatchers: 1, env: { LOCKSTEP_SECRET_KEY: FORMER, LOCKSTEP_SECRET_KEY_OLD: PRESENT } });
    const { id, secret } = await create({ headers: { 'x-own': 'yes' } });
    receiver.secret = secret;
    await Promise.all(Array.from({ length: 60 }, () => create({ eventTypes: ['none'], headers: { 'x-own': 'yes' } })));
    const swapped = { LOCKSTEP_SECRET_KEY: PRESENT, LOCKSTEP_SECRET_KEY_OLD: FORMER };
    await (await system.launchDispatcher(swapped)).ready();
    await (await system.launchGateway(swapped)).ready();
    await system.dispatchers[0]?.signal('SIGTERM');
    await underLoad(async () => {
      await whenReceived(50);
      const isKilled = rotateSecrets(/read/);
      const rotated = (await system.call('POST', `/v1/endpoints/${id}/rotate-secret`, { overlap: '1h' }, 1)) as Endpoint;
      expect(await isKilled).toBeNull();
      expect(await rotateSecrets()).toBe(0);
      await whenSignedTwice();
      receiver.secret = rotated.secret;
      await whenReceived(50);
    });
    await Promise.all([...system.dispatchers, ...system.gateways].map((app) => app.signal('SIGTERM')));
    const alone = { LOCKSTEP_SECRET_KEY: PRESENT, LOCKSTEP_SECRET_KEY_OLD: '' };
    await (await system.launchGateway(alone)).ready();
    await (await system.launchDispatcher(alone)).ready();
    const { id: event } = await system.post('entity 1', {}, system.gateways.length - 1);
    expect((await receiver.arrivalOf(event)).headers).toMatchObject({ 'x-own': 'yes' });
    expect(receiver.refused).toBe(0);
  // Six processes start, two at a time at most.
  }, 180_000);
});
