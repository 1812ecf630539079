import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { mintId } from '#domain/ids';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { waitUntil } from '#dev/testing/wait-until';
import { MAX_ENDPOINTS } from '#manage/endpoints/endpoints.repository';
import { GatewayUnderTest, GatewayWithStore } from '../fixtures/gateway-under-test.js';

const SECRET = 'shared-with-the-sender';
const ENV = { KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', WEBHOOKSECRET: SECRET };
const queries = jest.spyOn(pg.Client.prototype, 'query');

let gateway: GatewayWithStore;
let client: GatewayClient;
let other: GatewayUnderTest;
let source: string;
let events = 0;

beforeAll(async () => {
  gateway = await GatewayWithStore.start(ENV);
  ({ client } = gateway);
  other = await GatewayUnderTest.start(gateway.databaseUrl, ENV);
  ({ data: [{ id: source }] } = (await client.get('/v1/sources')).json as { data: [{ id: string }] });
  expect(await changeDestinations(['http://127.0.0.1:9/hooks/**', 'https://10.0.0.1/'])).toMatchObject({ status: 200 });
  for (const at of [client, other.client]) await waitUntil('the destinations are allowed', async () => (await send(urlOf('first'), { at })).status === 202);
});

afterAll(async () => {
  await other.stop();
  await gateway.stop();
});

beforeEach(async () => {
  // Before the gateways read, so that no test sees endpoints of another.
  await gateway.store.query('update endpoints set deleted_at = now() where deleted_at is null');
});

afterEach(() => {
  queries.mockClear();
});

function send(destination: string | undefined, { at = client, path = '/webhooks', secret = SECRET, headers = {}, body = bodyOf({}) }: { at?: GatewayClient; path?: string; secret?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return at.call('POST', path, { body, headers: { authorization: '', 'x-webhook-signature': signature, ...(destination === undefined ? {} : { 'x-destination-url': destination }), ...headers } });
}

function bodyOf(data: unknown): string {
  return JSON.stringify({ type: 'order.created', entity: `order-${events++}`, data });
}

const changeDestinations = (destinations: string[]): Promise<Answer> => client.send('PATCH', `/v1/sources/${source}`, { settings: { destinations } });
const urlOf = (name: string): string => `http://127.0.0.1:9/hooks/${name}-${mintId()}`;
const eventOf = async ({ json }: Answer): Promise<Record<string, unknown>> => (await client.get(`/v1/events/${(json as { id: string }).id}`)).json as Record<string, unknown>;
const codeOf = ({ status, json }: Answer): string => `${status} ${(json as { code?: string }).code ?? ''}`.trim();

function statementsWith(url: string): number {
  return queries.mock.calls.filter(([query]) => JSON.stringify(query).includes(url)).length;
}

/** Until a gateway has the destination in memory: it reads it once more when it has seen that the endpoint was made. */
async function untilKnown(url: string, at: GatewayClient): Promise<void> {
  await waitUntil('the destination in memory', async () => {
    queries.mockClear();
    expect((await send(url, { at })).status).toBe(202);
    return statementsWith(url) === 0;
  });
}

async function endpointsWith(url: string): Promise<{ id: string; key: number; deleted: boolean }[]> {
  const { rows } = await gateway.store.query<{ id: string; key: number; deleted: boolean }>("select 'ep_' || replace(public_id::text, '-', '') as id, id as key, deleted_at is not null as deleted from endpoints where url = $1 order by id", [url]);
  return rows;
}

describe('POST /webhooks', () => {
  it('without a destination accepts an event that is routed by its type', async () => {
    const answer = await send(undefined);
    expect(answer.status).toBe(202);
    expect(await eventOf(answer)).toMatchObject({ destination: null });
  });

  it('makes an endpoint for a destination, once for requests at once at two gateways, and names it in each event', async () => {
    const url = urlOf('new');
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(url, { at: i % 2 === 0 ? client : other.client })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const [endpoint, ...further] = await endpointsWith(url);
    expect(further).toEqual([]);
    const named = await Promise.all(answers.map(async (answer) => (await eventOf(answer))['destination']));
    expect(new Set(named)).toEqual(new Set([endpoint?.id]));
    const shown = { url, source, eventTypes: [], description: 'Made for a destination of the source webhooks', status: 'active' };
    expect((await client.get(`/v1/endpoints/${endpoint?.id}`)).json).toMatchObject(shown);
    expect(((await client.get('/v1/endpoints?limit=1')).json as { data: unknown[] }).data).toMatchObject([shown]);
    const { rows } = await gateway.store.query('select count(*)::integer as secrets from endpoint_secrets where endpoint = $1', [endpoint?.key]);
    expect(rows).toEqual([{ secrets: 1 }]);
    expect((await client.get(`/v1/audit?subject=${endpoint?.id}`)).json).toMatchObject({
      data: [{ action: 'endpoint.created', actor: { type: 'source', id: source, name: 'webhooks' }, detail: { url, eventTypes: [] }, requestId: expect.any(String) as unknown }],
    });
  });

  it('and any other path of a source do the same', async () => {
    for (const path of ['/in/webhooks', `/in/${source}`]) {
      const url = urlOf('elsewhere');
      expect(await eventOf(await send(url, { path }))).toMatchObject({ destination: (await endpointsWith(url))[0]?.id });
      expect(codeOf(await send('https://elsewhere.example.com/', { path }))).toBe('400 destination_not_allowed');
    }
  });

  it('asks Postgres nothing about a destination that is known', async () => {
    const url = urlOf('known');
    await send(url);
    expect(statementsWith(url)).toBeGreaterThan(0);
    await untilKnown(url, client);
    queries.mockClear();
    for (let i = 0; i < 5; i++) await send(url);
    expect(statementsWith(url)).toBe(0);
    expect(await endpointsWith(url)).toHaveLength(1);
  });

  it('uses an endpoint that the tenant has with this URL, the oldest, in any status, and none of another tenant', async () => {
    const url = urlOf('ordinary');
    await client.send('PUT', '/v1/tenants/acme', {});
    await client.send('POST', '/v1/endpoints', { url }, { 'lockstep-tenant': 'acme' });
    const oldest = ((await client.send('POST', '/v1/endpoints', { url, eventTypes: ['other'] })).json as { id: string }).id;
    await client.send('POST', '/v1/endpoints', { url });
    await client.send('POST', `/v1/endpoints/${oldest}/pause`, {});
    expect(await eventOf(await send(url))).toMatchObject({ destination: oldest });
    await gateway.store.query("update endpoints set status = 'disabled' where url = $1", [url]);
    expect(await eventOf(await send(url))).toMatchObject({ destination: oldest });
    expect(await endpointsWith(url)).toHaveLength(3);
    expect((await client.get(`/v1/endpoints/${oldest}`)).json).toMatchObject({ source: null });
  });

  it('follows a change of which endpoint is the oldest, at every gateway', async () => {
    const url = urlOf('moving');
    const early = ((await client.send('POST', '/v1/endpoints', { url: urlOf('elsewhere') })).json as { id: string }).id;
    for (const at of [client, other.client]) await untilKnown(url, at);
    await client.send('PATCH', `/v1/endpoints/${early}`, { url });
    for (const at of [client, other.client]) await waitUntil('the older endpoint', async () => (await eventOf(await send(url, { at })))['destination'] === early);
  });

  it('knows a resend although its endpoint was deleted, and takes destinations at /in/{source}, too', async () => {
    const [url, body] = [urlOf('resent'), bodyOf({})];
    const headers = { 'idempotency-key': mintId() };
    const first = await send(url, { body, headers });
    await client.call('DELETE', `/v1/endpoints/${(await eventOf(first))['destination'] as string}`);
    await waitUntil('the endpoint is gone', async () => (await eventOf(await send(url)))['destination'] !== (await eventOf(first))['destination']);
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const again = await client.call('POST', `/in/${source}`, { body, headers: { authorization: '', 'x-webhook-signature': signature, 'x-destination-url': url, ...headers } });
    expect([again.status, again.json, again.headers.get('idempotent-replayed')]).toEqual([202, first.json, 'true']);
  });

  it('makes another endpoint when the first one is deleted', async () => {
    const url = urlOf('deleted');
    const first = (await eventOf(await send(url)))['destination'] as string;
    for (const at of [client, other.client]) await untilKnown(url, at);
    await client.call('DELETE', `/v1/endpoints/${first}`);
    for (const at of [client, other.client]) await waitUntil('another endpoint', async () => (await eventOf(await send(url, { at })))['destination'] !== first);
    expect((await endpointsWith(url)).map(({ deleted }) => deleted)).toEqual([true, false]);
  });

  it.each([
    ['not://a.url/', '400 invalid_request'],
    ['http://user@127.0.0.1:9/hooks/a', '400 invalid_request'],
    ['http://127.0.0.1:9/hooks/..%2fadmin', '400 invalid_request'],
    ['', '400 invalid_request'],
    ['http://127.0.0.1:9/hooks/../admin', '400 destination_not_allowed'],
    ['http://127.0.0.1:8/hooks/a', '400 destination_not_allowed'],
    ['https://example.com/', '400 destination_not_allowed'],
    // A glob matches; the address policy does not allow it.
    ['https://10.0.0.1/', '400 destination_not_allowed'],
  ])('refuses the destination %j, and makes and stores nothing', async (url, expected) => {
    const before = await counts();
    const answer = await send(url);
    expect(codeOf(answer)).toBe(expected);
    expect(answer.json).toMatchObject({ errors: [{ path: 'X-Destination-URL' }] });
    expect(await counts()).toEqual(before);
  });

  it('tells and makes nothing before the signature is verified', async () => {
    const before = await counts();
    const answers = await Promise.all([undefined, urlOf('forged'), 'not a url', 'https://example.com/'].map((url) => send(url, { secret: 'another' })));
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['401 invalid_signature']));
    expect(new Set(answers.map(({ json }) => (json as { detail: string }).detail)).size).toBe(1);
    expect(await counts()).toEqual(before);
  });

  it('refuses a key that was used with the same body for another destination', async () => {
    const [url, body] = [urlOf('key'), bodyOf({})];
    const headers = { 'idempotency-key': mintId() };
    const first = await send(url, { body, headers });
    expect((await send(url, { body, headers })).json).toEqual(first.json);
    expect(codeOf(await send(urlOf('another'), { body, headers }))).toBe('422 idempotency_key_reused');
    expect(codeOf(await send(undefined, { body, headers }))).toBe('422 idempotency_key_reused');
  });

  it('answers 409 for a new destination of a tenant with as many endpoints as it may have', async () => {
    await gateway.store.query("insert into endpoints (public_id, tenant, url) select gen_random_uuid(), 'default', 'http://127.0.0.1:9/' from generate_series(1, $1::integer)", [MAX_ENDPOINTS]);
    const answer = await send(urlOf('full'));
    expect([codeOf(answer), (answer.json as { detail: string }).detail]).toEqual(['409 conflict', expect.stringContaining(`${MAX_ENDPOINTS} endpoints`)]);
  });

  it('leaves an endpoint that was made for a destination without event types, and with a URL of its own', async () => {
    const [url, taken] = [urlOf('own'), urlOf('taken')];
    const id = (await eventOf(await send(url)))['destination'] as string;
    await send(taken);
    expect(await client.send('PATCH', `/v1/endpoints/${id}`, { eventTypes: ['*'] })).toMatchObject({ status: 400, json: { errors: [{ path: '/eventTypes' }] } });
    expect(codeOf(await client.send('PATCH', `/v1/endpoints/${id}`, { url: taken }))).toBe('409 conflict');
    expect(await client.send('PATCH', `/v1/endpoints/${id}`, { description: 'ours' })).toMatchObject({ status: 200, json: { url, description: 'ours', source } });
  });

  it('refuses globs that are none, and without globs every destination', async () => {
    expect(await changeDestinations(['http://127.0.0.1:9/hooks/**', 'https://127.0.0.1'])).toMatchObject({ status: 400, json: { errors: [{ path: '/settings/destinations/1' }] } });
    expect((await send(urlOf('kept'))).status).toBe(202);
    await changeDestinations([]);
    await waitUntil('no destination is allowed', async () => codeOf(await send(urlOf('none'))) === '400 destination_not_allowed');
  });

  it('takes POST only, and is not there without its source', async () => {
    const get = await client.get('/webhooks');
    expect([codeOf(get), get.headers.get('allow')]).toEqual(['405 method_not_allowed', 'POST']);
    await client.call('DELETE', `/v1/sources/${source}`);
    await waitUntil('the source is gone', async () => codeOf(await send(undefined)) === '404 not_found');
  });

  async function counts(): Promise<unknown> {
    return (await gateway.store.query('select (select count(*) from endpoints) as endpoints, (select count(*) from events) as events, (select count(*) from audit_log) as audited')).rows;
  }
});
