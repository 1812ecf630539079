import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';

const ROUNDS = 20;

interface Request {
  readonly path: string;
  readonly eventId: string;
  readonly headers: IncomingHttpHeaders;
}

let servers: SharedServers;
let system: SystemUnderTest;
let server: Server;
let base: string;
/** Requests that have arrived, except those of the load. */
const requests: Request[] = [];
/** How long a path takes to answer. */
const delays = new Map<string, number>();
/** What a path answers instead of 200. */
const statuses = new Map<string, number>();
let load: Promise<void>;
let loading = true;

beforeAll(async () => {
  servers = sharedServers();
  server = createServer((request: IncomingMessage, response) => {
    const { url: path = '', headers } = request;
    const eventId = headers['webhook-id'];
    // Before the arrival is known, because the test may then go on to the next status.
    const status = statuses.get(path) ?? 200;
    if (path !== '/load' && typeof eventId === 'string') requests.push({ path, eventId, headers });
    request.resume();
    setTimeout(() => response.writeHead(status).end(), delays.get(path) ?? 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  system = await SystemUnderTest.start(servers, { dispatchers: 2, env: { LOCKSTEP_RETRY_SCHEDULE: '30s' } });
  await system.createEndpoint(`${base}/load`, { eventTypes: ['load.made'] });
  load = (async () => {
    for (let n = 0; loading; n++) await Promise.all(Array.from({ length: 8 }, (_, i) => post('load.made', `load ${(n * 8 + i) % 64}`)));
  })();
});

afterAll(async () => {
  loading = false;
  await load;
  await system.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const post = async (type: string, entity: string): Promise<string> => ((await system.call('POST', '/v1/events', { type, entity, data: {} })) as { id: string }).id;
const patch = (endpoint: string, changes: object): Promise<unknown> => system.call('PATCH', `/v1/endpoints/${endpoint}`, changes);
const sentOf = (ids: readonly string[]): string[] => requests.filter(({ eventId }) => ids.includes(eventId)).map(({ eventId }) => eventId);
const arrivalOf = (id: string): Promise<Request> => waitUntil(`the event ${id} to arrive`, () => requests.find(({ eventId }) => eventId === id));

const whenAdmitted = (id: string | undefined): Promise<unknown> => waitUntil('the admission', async () => (await system.query(`select from inbox where event_id = '${uuidOf(id)}'`)).length === 1);

/** Each round posts for another entity, so that both dispatchers have some. */
const eachRound = async (round: (n: number) => Promise<void>): Promise<void> => {
  for (let n = 0; n < ROUNDS; n++) await round(n);
};

/** All that was posted so far is delivered, and so whatever was to be sent was sent. */
async function whenDelivered(type: string, count: number): Promise<void> {
  await waitUntil(`${count} deliveries of ${type}`, async () => {
    const [row] = await system.query<{ n: string }>(`select count(*) as n from deliveries d join events e on e.id = d.event_id where e.type = '${type}' and d.status = 'delivered'`);
    return Number(row?.n) === count;
  });
}

// The ordering policy is the one setting that cannot be changed: see endpoint.schema.spec.ts.
describe('an event that is posted after the answer to a change of its endpoint', () => {
  it('goes to the new URL, with the new headers', async () => {
    const endpoint = await system.createEndpoint(`${base}/first`, { eventTypes: ['url.changed'] });
    await eachRound(async (n) => {
      await patch(endpoint, { url: `${base}/url-${n}`, headers: { 'x-round': String(n) } });
      const id = await post('url.changed', `entity ${n}`);
      const { path, headers } = await arrivalOf(id);
      expect([path, headers['x-round']]).toEqual([`/url-${n}`, String(n)]);
    });
    await whenDelivered('url.changed', ROUNDS);
  });

  it('is not sent after a pause, and is sent after the resume', async () => {
    const endpoint = await system.createEndpoint(`${base}/paused`, { eventTypes: ['endpoint.paused'] });
    const ids: string[] = [];
    await eachRound(async (n) => {
      await system.call('POST', `/v1/endpoints/${endpoint}/pause`);
      ids.push(await post('endpoint.paused', `entity ${n}`));
      // What is to be sent at once is sent by then: the other endpoint's event, admitted later, has arrived.
      await whenAdmitted(ids.at(-1));
      await arrivalOf(await post('url.changed', `entity ${n}`));
      expect(sentOf(ids)).toEqual(ids.slice(0, -1));
      await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
      await arrivalOf(ids.at(-1) ?? '');
    });
  });

  it('is not sent once the API says that a 410 has disabled the endpoint, and is sent after the resume', async () => {
    const endpoint = await system.createEndpoint(`${base}/gone`, { eventTypes: ['endpoint.gone'] });
    const isDisabled = async (): Promise<boolean> => ((await system.call('GET', `/v1/endpoints/${endpoint}`)) as { status: string }).status === 'disabled';
    for (let n = 0; n < ROUNDS / 2; n++) {
      statuses.set('/gone', 410);
      await arrivalOf(await post('endpoint.gone', `entity ${n}`));
      await waitUntil('the disabling', isDisabled);
      statuses.delete('/gone');
      // Of four entities, so that the other dispatcher has some.
      const ids = await Promise.all([0, 1, 2, 3].map((i) => post('endpoint.gone', `entity ${n} ${i}`)));
      for (const id of ids) await whenAdmitted(id);
      await arrivalOf(await post('url.changed', `entity ${n}`));
      expect(sentOf(ids)).toEqual([]);
      await system.call('POST', `/v1/endpoints/${endpoint}/resume`);
      for (const id of ids) await arrivalOf(id);
    }
  });

  it('is not sent after a deletion or when its type is no longer wanted', async () => {
    const ids: string[] = [];
    const wanted = await system.createEndpoint(`${base}/types`, { eventTypes: ['type.dropped'] });
    await eachRound(async (n) => {
      const deleted = await system.createEndpoint(`${base}/deleted`, { eventTypes: ['endpoint.deleted'] });
      await arrivalOf(await post('endpoint.deleted', `entity ${n}`));
      await system.call('DELETE', `/v1/endpoints/${deleted}`);
      ids.push(await post('endpoint.deleted', `entity ${n}`));
      await patch(wanted, { eventTypes: ['type.other'] });
      ids.push(await post('type.dropped', `entity ${n}`));
      // Or the next change holds for it.
      await whenAdmitted(ids.at(-1));
      await patch(wanted, { eventTypes: ['type.dropped'] });
      await arrivalOf(await post('type.dropped', `entity ${n}`));
    });
    expect(sentOf(ids)).toEqual([]);
  });

  it('has the new timeout', async () => {
    delays.set('/slow', 300);
    const endpoint = await system.createEndpoint(`${base}/slow`, { eventTypes: ['timeout.changed'], timeoutMs: 100 });
    const attempt = (id: string): Promise<{ error: string | null }> => waitUntil('the attempt', async () => (await system.query<{ error: string | null }>(`select error from attempts where event_id = '${uuidOf(id)}'`))[0]);
    for (let n = 0; n < ROUNDS / 4; n++) {
      await patch(endpoint, { timeoutMs: 100 });
      expect((await attempt(await post('timeout.changed', `entity ${n}`))).error).toContain('100 ms');
      await patch(endpoint, { timeoutMs: 10_000 });
      expect((await attempt(await post('timeout.changed', `other ${n}`))).error).toBeNull();
    }
  });

  it('is signed with the secrets of that moment only', async () => {
    const endpoint = await system.createEndpoint(`${base}/secret`, { eventTypes: ['secret.rotated'] });
    await eachRound(async (n) => {
      const before = await arrivalOf(await post('secret.rotated', `entity ${n}`));
      const id = `(select id from endpoints where public_id = '${uuidOf(endpoint)}')`;
      // As a rotation without an overlap leaves them: a new secret, and then also the old one's end.
      const rows = await system.query<{ n: string }>(`
        with added as (insert into endpoint_secrets (endpoint, tenant, ciphertext, expires_at) select endpoint, tenant, ciphertext, null from endpoint_secrets where endpoint = ${id} and expires_at is null limit 1 returning id)
        select count(*) as n from added`);
      expect(Number(rows[0]?.n)).toBe(1);
      const doubled = await arrivalOf(await post('secret.rotated', `entity ${n}`));
      expect(signaturesOf(doubled)).toBe(2 * signaturesOf(before));
      await system.query(`delete from endpoint_secrets where endpoint = ${id} and id <> (select max(id) from endpoint_secrets where endpoint = ${id})`);
    });
  });
});

function uuidOf(id = ''): string {
  return id.replace(/^[a-z]+_/, '');
}

function signaturesOf({ headers }: Request): number {
  return String(headers['webhook-signature']).split(' ').length;
}
