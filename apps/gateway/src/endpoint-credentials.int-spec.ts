import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { Answer } from '#dev/testing/gateway-client';
import { TokenServer } from '#dev/testing/token-server';
import { newSigningSecret, publicKeyOf } from '#flow/delivery/signing-secret';
import { standardWebhooks } from '#flow/sources/webhooks/providers/standard-webhooks';
import { verdictOf } from '#flow/sources/webhooks/fixtures/verdict';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

interface Endpoint {
  readonly id: string;
  readonly secret: string;
  readonly publicKey: string | null;
}

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let gateway: GatewayWithStore;
let server: Server;
let url: string;
const received: Received[] = [];
let respond: (request: Received) => { status: number; body?: string } | undefined = () => ({ status: 200 });

beforeAll(async () => {
  gateway = await GatewayWithStore.start({ LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' });
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const arrived = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      received.push(arrived);
      const answer = respond(arrived);
      if (answer !== undefined) response.writeHead(answer.status).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

beforeEach(() => {
  received.length = 0;
  respond = () => ({ status: 200 });
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await gateway.stop();
});

const send = (method: 'POST' | 'PATCH', path: string, body: unknown): Promise<Answer> => gateway.client.send(method, path, body);

async function create(settings: Record<string, unknown> = {}): Promise<Endpoint> {
  const { status, json, text } = await send('POST', '/v1/endpoints', { url, ...settings });
  if (status !== 201) throw new Error(text);
  return json as Endpoint;
}

const rotate = (id: string, body?: unknown): Promise<Answer> => (body === undefined ? gateway.client.call('POST', `/v1/endpoints/${id}/rotate-secret`) : send('POST', `/v1/endpoints/${id}/rotate-secret`, body));
const secretsOf = async (id: string): Promise<{ secret: string; expiresAt: string | null }[]> => ((await gateway.client.get(`/v1/endpoints/${id}/secret`)).json as { secrets: { secret: string; expiresAt: string | null }[] }).secrets;
const actionsOf = async (id: string): Promise<string[]> => ((await gateway.client.get(`/v1/audit?subject=${id}`)).json as { data: { action: string }[] }).data.map(({ action }) => action);
const refusalOf = ({ status, json }: Answer): unknown => [status, ...((json as { errors: { path: string }[] }).errors.map(({ path }) => path))];
const own = (): string => `whsec_${randomBytes(24).toString('base64')}`;

describe('the secret of an endpoint', () => {
  it('is made or given, and can be read back, which is audited', async () => {
    const made = await create();
    expect(await secretsOf(made.id)).toEqual([{ secret: made.secret, signature: 'v1', publicKey: null, createdAt: expect.any(String), expiresAt: null }]);
    const secret = own();
    const given = await create({ secret });
    expect([given.secret, (await gateway.client.get(`/v1/endpoints/${given.id}/secret`)).json]).toMatchObject([secret, { secret }]);
    expect(await actionsOf(given.id)).toEqual(['endpoint.secret_read', 'endpoint.created']);
    expect((await gateway.client.get(`/v1/endpoints/${given.id}`)).text).not.toContain(secret);
  });

  it('is in no answer that may be stored on its way', async () => {
    const created = await send('POST', '/v1/endpoints', { url });
    const { id } = created.json as Endpoint;
    const answers = [created, await gateway.client.get(`/v1/endpoints/${id}/secret`), await rotate(id)];
    expect(answers.map(({ status, headers }) => [status, headers.get('cache-control')])).toEqual([[201, 'no-store'], [200, 'no-store'], [200, 'no-store']]);
  });

  it('is rotated with an overlap, in which the one before ends', async () => {
    const { id, secret: first } = await create();
    const rotated = await rotate(id);
    expect(rotated).toMatchObject({ status: 200, json: { id, secret: expect.stringMatching(/^whsec_/) } });
    const { secret: second } = rotated.json as Endpoint;
    const [newest, before] = await secretsOf(id);
    expect([newest, before]).toMatchObject([{ secret: second, expiresAt: null }, { secret: first }]);
    expect(Date.parse(before?.expiresAt ?? '') - Date.now()).toBeGreaterThan(86_000_000);
    const third = own();
    expect((await rotate(id, { secret: third, overlap: '1h' })).json).toMatchObject({ secret: third });
    // None lives longer than the last overlap.
    expect((await secretsOf(id)).map(({ secret, expiresAt }) => [secret, expiresAt === null ? null : Date.parse(expiresAt) - Date.now() < 3_700_000])).toEqual([[third, null], [second, true], [first, true]]);
    expect(await actionsOf(id)).toContain('endpoint.secret_rotated');
  });

  it('ends at once without an overlap, and leaves nothing in the database', async () => {
    const { id } = await create();
    await rotate(id);
    const { secret } = (await rotate(id, { overlap: '0s' })).json as Endpoint;
    expect((await secretsOf(id)).map((each) => each.secret)).toEqual([secret]);
    const { rows } = await gateway.store.query("select count(*)::integer as n from endpoint_secrets s join endpoints e on e.id = s.endpoint where 'ep_' || replace(e.public_id::text, '-', '') = $1", [id]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('has at most ten beside each other', async () => {
    const { id } = await create();
    for (let i = 0; i < 9; i++) expect(await rotate(id)).toMatchObject({ status: 200 });
    expect(await rotate(id)).toMatchObject({ status: 409, json: { detail: expect.stringContaining('10 signing secrets') } });
    expect(await send('PATCH', `/v1/endpoints/${id}`, { signature: 'v1a' })).toMatchObject({ status: 409 });
    expect(await rotate(id, { overlap: '0s' })).toMatchObject({ status: 200 });
    expect(await secretsOf(id)).toHaveLength(1);
  });

  it('is rotated once for each of several requests at once, and the last one stays', async () => {
    const { id } = await create();
    const answers = await Promise.all(Array.from({ length: 4 }, () => rotate(id)));
    const rotated = answers.filter(({ status }) => status === 200).map(({ json }) => (json as Endpoint).secret);
    expect(answers.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([]);
    const live = await secretsOf(id);
    expect(live.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
    expect(live.map(({ secret }) => secret)).toEqual(expect.arrayContaining(rotated));
    expect(live).toHaveLength(rotated.length + 1);
  });

  it('is rotated once for a request that is repeated with the same secret, unless the others are to end sooner', async () => {
    const { id, secret: first } = await create();
    const secret = own();
    const answers = await Promise.all([rotate(id, { secret }), rotate(id, { secret })]);
    expect(answers.map(({ status, json }) => [status, (json as Endpoint).secret])).toEqual([[200, secret], [200, secret]]);
    const live = await secretsOf(id);
    expect(live.map((each) => each.secret)).toEqual([secret, first]);
    const before = (await gateway.client.get(`/v1/endpoints/${id}`)).json;
    expect(await rotate(id, { secret })).toMatchObject({ status: 200, json: { secret } });
    expect([(await gateway.client.get(`/v1/endpoints/${id}`)).json, await secretsOf(id)]).toEqual([before, live]);
    expect((await actionsOf(id)).filter((action) => action === 'endpoint.secret_rotated')).toHaveLength(1);
    expect(await rotate(id, { secret, overlap: '0s' })).toMatchObject({ status: 200, json: { secret } });
    expect(await secretsOf(id)).toMatchObject([{ secret, expiresAt: null }]);
  });

  it.each([
    ['too short', { secret: 'whsec_short' }, '/secret'],
    ['of v1a for v1', { secret: newSigningSecret('v1a') }, '/secret'],
    ['of v1 for v1a', { signature: 'v1a', secret: newSigningSecret('v1') }, '/secret'],
    ['of an unknown signature', { signature: 'v2' }, '/signature'],
  ])('is refused if it is %s', async (_what, settings, at) => {
    expect(refusalOf(await send('POST', '/v1/endpoints', { url, ...settings }))).toEqual([400, at]);
  });

  it('cannot be rotated to the other kind, or by an overlap of more than 30 days', async () => {
    const { id } = await create();
    expect(refusalOf(await rotate(id, { secret: newSigningSecret('v1a') }))).toEqual([400, '/secret']);
    expect(refusalOf(await rotate(id, { overlap: '31d' }))).toEqual([400, '/overlap']);
  });

  it('is nobody else\'s', async () => {
    const { id } = await create();
    await gateway.client.send('PUT', '/v1/tenants/other', {});
    const headers = { 'lockstep-tenant': 'other' };
    for (const [method, path] of [['GET', 'secret'], ['POST', 'rotate-secret'], ['POST', 'test']] as const) {
      expect(await gateway.client.call(method, `/v1/endpoints/${id}/${path}`, { headers })).toMatchObject({ status: 404 });
    }
    expect(await actionsOf(id)).toEqual(['endpoint.created']);
  });
});

describe('signature', () => {
  it('v1a has a key pair, whose public key the endpoint shows', async () => {
    const made = await create({ signature: 'v1a' });
    expect(made).toMatchObject({ signature: 'v1a', publicKey: publicKeyOf(made.secret) });
    const secret = newSigningSecret('v1a');
    expect(await create({ signature: 'v1a', secret })).toMatchObject({ secret, publicKey: publicKeyOf(secret) });
    const rotated = (await rotate(made.id)).json as Endpoint;
    expect(rotated).toMatchObject({ secret: expect.stringMatching(/^whsk_/), publicKey: publicKeyOf(rotated.secret) });
  });

  it('changes with a new secret of its kind; requests are signed in both ways meanwhile', async () => {
    const { id, secret: shared } = await create();
    expect((await send('PATCH', `/v1/endpoints/${id}`, { signature: 'v1' })).json).toMatchObject({ signature: 'v1' });
    expect(await secretsOf(id)).toHaveLength(1);
    const { publicKey } = (await send('PATCH', `/v1/endpoints/${id}`, { signature: 'v1a', description: 'Both' })).json as Endpoint;
    expect(await secretsOf(id)).toMatchObject([{ signature: 'v1a', publicKey, expiresAt: null }, { secret: shared, expiresAt: expect.any(String) }]);
    await send('POST', `/v1/endpoints/${id}/test`, {});
    const [request] = received;
    const headers = request?.headers as Record<string, string>;
    const body = request?.body ?? Buffer.alloc(0);
    expect(new Webhook(shared).verify(body, headers)).toBeDefined();
    expect(await verdictOf(standardWebhooks, { headers, body }, [publicKey ?? ''])).toBe('genuine');
    // Back again.
    expect((await send('PATCH', `/v1/endpoints/${id}`, { signature: 'v1' })).json).toMatchObject({ signature: 'v1', publicKey: null });
  });
});

describe('auth', () => {
  const BASIC = { type: 'basic', username: 'lockstep', password: 'hidden' };
  const BEARER = { type: 'bearer', token: 'hidden' };
  const OAUTH2 = { type: 'oauth2', tokenUrl: 'http://127.0.0.1:9/token', clientId: 'id', clientSecret: 'hidden', clientAuth: 'basic' };
  const authOf = async (id: string): Promise<unknown> => ((await gateway.client.get(`/v1/endpoints/${id}`)).json as { auth: unknown }).auth;
  const storedOf = async (id: string): Promise<string | undefined> => {
    await send('POST', `/v1/endpoints/${id}/test`, {});
    return received.at(-1)?.headers.authorization;
  };

  it('is shown without its secret, wherever endpoints are', async () => {
    for (const [auth, secret] of [[BASIC, 'password'], [BEARER, 'token'], [OAUTH2, 'clientSecret']] as const) {
      const { id } = await create({ auth });
      expect(await authOf(id)).toEqual({ ...auth, [secret]: '***' });
      expect((await gateway.client.get('/v1/endpoints?limit=1')).text).not.toContain('hidden');
      const { rows } = await gateway.store.query<{ row: string }>('select e::text as row from endpoints e order by id desc limit 1');
      expect(rows[0]?.row).not.toContain('hidden');
    }
  });

  it('stays with a mask in the place of the secret, also beside other changes', async () => {
    const { id } = await create({ auth: BASIC });
    await send('PATCH', `/v1/endpoints/${id}`, { description: 'Other', auth: { ...BASIC, username: 'other', password: '***' } });
    expect(await storedOf(id)).toBe(`Basic ${Buffer.from('other:hidden').toString('base64')}`);
    await send('PATCH', `/v1/endpoints/${id}`, { auth: BEARER });
    expect(await storedOf(id)).toBe('Bearer hidden');
    await send('PATCH', `/v1/endpoints/${id}`, { auth: null });
    expect([await storedOf(id), await authOf(id)]).toEqual([undefined, null]);
  });

  it('does not take a stored secret to another place', async () => {
    const { id } = await create({ auth: BASIC });
    expect(refusalOf(await send('PATCH', `/v1/endpoints/${id}`, { url: 'http://127.0.0.1:9/' }))).toEqual([400, '/auth']);
    expect(refusalOf(await send('PATCH', `/v1/endpoints/${id}`, { url: 'http://127.0.0.1:9/', auth: { ...BASIC, password: '***' } }))).toEqual([400, '/auth']);
    expect(await send('PATCH', `/v1/endpoints/${id}`, { url: `${url}/other` })).toMatchObject({ status: 200 });
    expect(await send('PATCH', `/v1/endpoints/${id}`, { url: 'http://127.0.0.1:9/', auth: BASIC })).toMatchObject({ status: 200 });
    const { id: client } = await create({ auth: OAUTH2 });
    expect(refusalOf(await send('PATCH', `/v1/endpoints/${client}`, { auth: { ...OAUTH2, tokenUrl: 'http://127.0.0.1:10/token', clientSecret: '***' } }))).toEqual([400, '/auth/clientSecret']);
  });

  it('is refused beside an own authorization header, whichever comes first', async () => {
    const headers = { Authorization: 'Bearer own' };
    expect(refusalOf(await send('POST', '/v1/endpoints', { url, auth: BASIC, headers }))).toEqual([400, '/headers/Authorization']);
    const { id } = await create({ auth: BASIC });
    expect(refusalOf(await send('PATCH', `/v1/endpoints/${id}`, { headers }))).toEqual([400, '/headers/Authorization']);
    const { id: other } = await create({ headers });
    expect(refusalOf(await send('PATCH', `/v1/endpoints/${other}`, { auth: BASIC }))).toEqual([400, '/headers/Authorization']);
    // Or both at once.
    for (let round = 0; round < 5; round++) {
      const { id: raced } = await create();
      const answers = await Promise.all([send('PATCH', `/v1/endpoints/${raced}`, { headers }), send('PATCH', `/v1/endpoints/${raced}`, { auth: BASIC })]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });

  it.each([
    [{ ...BASIC, password: '***' }, '/auth/password'], [{ ...BASIC, username: 'a:b' }, '/auth/username'], [{ type: 'bearer', token: 'a b' }, '/auth/token'], [{ type: 'digest' }, '/auth/type'],
    [{ ...OAUTH2, clientSecret: undefined }, '/auth/clientSecret'], [{ ...OAUTH2, scope: 'a  b' }, '/auth/scope'], [{ ...OAUTH2, tokenUrl: 'ftp://x' }, '/auth/tokenUrl'],
  ])('is refused: %j', async (auth, at) => {
    expect(refusalOf(await send('POST', '/v1/endpoints', { url, auth }))).toEqual([400, at]);
  });

  it('asks for tokens only where deliveries may go', async () => {
    const answer = await send('POST', '/v1/endpoints', { url, auth: { ...OAUTH2, tokenUrl: 'https://10.0.0.1/token' } });
    expect([answer.json, refusalOf(answer)]).toMatchObject([{ code: 'destination_not_allowed' }, [400, '/auth/tokenUrl']]);
  });
});

describe('a test request', () => {
  it('is signed, has the endpoint\'s headers and authentication, and is answered with its attempt', async () => {
    respond = () => ({ status: 202, body: 'thanks' });
    const { id, secret } = await create({ headers: { 'x-own': '1' }, auth: { type: 'bearer', token: 't0ken' } });
    const { status, json } = await send('POST', `/v1/endpoints/${id}/test`, { type: 'order.created', data: { total: 42 } });
    const [request] = received;
    expect([status, json]).toEqual([200, { id: request?.headers['webhook-id'], attempt: { startedAt: expect.any(String), durationMs: expect.any(Number), statusCode: 202, error: null, responseBody: 'thanks' } }]);
    expect(request?.headers).toMatchObject({ 'lockstep-test': 'true', 'lockstep-type': 'order.created', 'lockstep-entity': id, 'lockstep-attempt': '1', 'x-own': '1', authorization: 'Bearer t0ken', 'content-type': 'application/json' });
    expect(request?.headers).not.toHaveProperty('lockstep-sequence');
    expect(new Webhook(secret).verify(request?.body ?? '', request?.headers as Record<string, string>)).toMatchObject({ type: 'order.created', entity: id, data: { total: 42 } });
    expect(await gateway.client.get(`/v1/events/${request?.headers['webhook-id']?.toString()}`)).toMatchObject({ status: 404 });
    expect(await actionsOf(id)).toEqual(['endpoint.tested', 'endpoint.created']);
  });

  it('goes out without a body, to a paused endpoint, and says why there is no response', async () => {
    const { id } = await create({ timeoutMs: 200 });
    await send('POST', `/v1/endpoints/${id}/pause`, {});
    expect((await gateway.client.call('POST', `/v1/endpoints/${id}/test`)).json).toMatchObject({ attempt: { statusCode: 200, responseBody: null } });
    expect(received[0]?.headers).toMatchObject({ 'lockstep-type': 'lockstep.test' });
    respond = () => undefined;
    expect((await send('POST', `/v1/endpoints/${id}/test`, {})).json).toMatchObject({ attempt: { statusCode: null, error: 'No complete response within 200 ms' } });
    await send('PATCH', `/v1/endpoints/${id}`, { url: 'http://127.0.0.1:9/' });
    expect((await send('POST', `/v1/endpoints/${id}/test`, {})).json).toMatchObject({ attempt: { statusCode: null, error: expect.stringContaining('ECONNREFUSED') } });
    await gateway.client.call('DELETE', `/v1/endpoints/${id}`);
    expect(await send('POST', `/v1/endpoints/${id}/test`, {})).toMatchObject({ status: 404 });
  });

  it('asks for an access token, and is not sent without one', async () => {
    const tokens = await TokenServer.start();
    try {
      const { id } = await create({ auth: { type: 'oauth2', tokenUrl: tokens.url, clientId: 'id', clientSecret: 'hidden' } });
      expect((await send('POST', `/v1/endpoints/${id}/test`, {})).json).toMatchObject({ attempt: { statusCode: 200 } });
      expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1']);
      tokens.answer = () => ({ status: 401, body: { error: 'invalid_client' } });
      expect((await send('POST', `/v1/endpoints/${id}/test`, {})).json).toMatchObject({ attempt: { statusCode: null, error: 'oauth2: the token URL answered 401 invalid_client' } });
      expect(received).toHaveLength(1);
    } finally {
      await tokens.stop();
    }
  });
});
