import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { mintId } from '#domain/ids';
import type { Answer, GatewayClient } from '#dev/testing/gateway-client';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { waitUntil } from '#dev/testing/wait-until';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.js';

let database: TestDatabase;
let store: pg.Client;
/** Stands between the second gateway and Postgres. */
let proxy: TcpProxy;
const gateways: GatewayUnderTest[] = [];
let client: GatewayClient;
let other: GatewayClient;
let name: string;

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  const target = new URL(database.url);
  proxy = await TcpProxy.start(target.hostname, Number(target.port));
  target.host = `127.0.0.1:${proxy.port}`;
  gateways.push(await GatewayUnderTest.start(database.url), await GatewayUnderTest.start(target.toString()));
  [client, other] = gateways.map((gateway) => gateway.client) as [GatewayClient, GatewayClient];
  await store.query("insert into tenants (id) values ('acme'), ('strict'), ('full')");
});

beforeEach(() => {
  name = `order.n${mintId().replaceAll('-', '')}`;
});

afterAll(async () => {
  proxy.restore();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await proxy.stop();
  await store.end();
  await database.drop();
});

const schema = { type: 'object', properties: { data: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer', minimum: 0 } } } } };
const put = (settings: object, of = name, headers = {}): Promise<Answer> => client.send('PUT', `/v1/event-types/${of}`, settings, headers);
const post = (at: GatewayClient, data: unknown, type = name, headers = {}): Promise<Answer> => at.send('POST', '/v1/events', { type, entity: 'order-1', data }, headers);
const audited = async (subject: string): Promise<unknown[]> => (await store.query<Record<string, unknown>>('select tenant, actor_type, actor, action, detail, request_id from audit_log where subject = $1 order by id', [subject])).rows;

describe('/v1/event-types', () => {
  it('creates, replaces, shows and deletes an event type, and audits it', async () => {
    const created = await put({ description: 'An order', schema });
    expect(created).toMatchObject({ status: 201, json: { name, description: 'An order', schema, enforce: 'reject', deprecated: false, version: 1 } });
    expect(created.headers.get('location')).toBe(`/v1/event-types/${name}`);
    expect((await client.get(`/v1/event-types/${name}`)).json).toEqual(created.json);
    // What is left out gets its default.
    const replaced = await put({ enforce: 'off', deprecated: true });
    expect(replaced).toMatchObject({ status: 200, json: { description: '', schema: null, enforce: 'off', deprecated: true, version: 2, createdAt: (created.json as { createdAt: string }).createdAt } });
    expect((await client.call('DELETE', `/v1/event-types/${name}`)).status).toBe(204);
    expect((await client.get(`/v1/event-types/${name}`)).status).toBe(404);
    expect((await client.call('DELETE', `/v1/event-types/${name}`)).status).toBe(404);
    expect((await put({})).json).toMatchObject({ version: 1, enforce: 'reject' });
    const by = { tenant: 'default', actor_type: 'admin', actor: 'admin', request_id: expect.any(String) as unknown };
    expect(await audited(name)).toEqual([
      { ...by, action: 'event_type.created', detail: { version: 1, schema: true, enforce: 'reject', deprecated: false } },
      { ...by, action: 'event_type.changed', detail: { version: 2, schema: false, enforce: 'off', deprecated: true } },
      { ...by, action: 'event_type.deleted', detail: {} },
      { ...by, action: 'event_type.created', detail: { version: 1, schema: false, enforce: 'reject', deprecated: false } },
    ]);
  });

  it('creates once from concurrent requests', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? client : other).send('PUT', `/v1/event-types/${name}`, { description: String(i) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
    expect((await client.get(`/v1/event-types/${name}`)).json).toMatchObject({ version: 8 });
  });

  it('returns a schema as it was given, and lists page by page, newest first', async () => {
    const given = { $comment: 'a\u0000b', properties: { z: { const: '\u0000' }, a: { maximum: 1e308 }, __proto__x: true } };
    const headers = { 'lockstep-tenant': 'acme' };
    for (const each of ['a', 'b', 'c']) expect((await put({ schema: given, description: each }, each, headers)).status).toBe(201);
    const pages: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await client.call('GET', `/v1/event-types?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, { headers });
      const page = answer.json as { data: { name: string; schema: unknown }[]; nextCursor: string | null };
      expect(page.data.every(({ schema: kept }) => JSON.stringify(kept) === JSON.stringify(given))).toBe(true);
      pages.push(page.data.map((each) => each.name));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([['c', 'b'], ['a']]);
    expect((await client.get('/v1/event-types/a')).status).toBe(404);
  });

  it('cuts a page that has more than 1 MiB of schemas', async () => {
    const headers = { 'lockstep-tenant': 'acme' };
    for (let i = 0; i < 20; i++) await put({ schema: { $comment: 'x'.repeat(65_000) } }, `large.${i}`, headers);
    const { data, nextCursor } = (await client.call('GET', '/v1/event-types', { headers })).json as { data: unknown[]; nextCursor: string | null };
    expect(data).toHaveLength(16);
    expect(nextCursor).not.toBeNull();
  });

  it.each([
    ['a keyword with a wrong value', { schema: { properties: { 'a/b': { type: 'text' } } } }, 'invalid_request', '/schema/properties/a~1b/type'],
    ['a reference to the outside', { schema: { $ref: 'https://example.com/order.json' } }, 'invalid_request', '/schema/$ref'],
    ['a pattern that looks around', { schema: { pattern: '(?=a)' } }, 'invalid_request', '/schema/pattern'],
    ['a schema of more than 64 KiB', { schema: { $comment: 'x'.repeat(65_536) } }, 'invalid_request', '/schema'],
    ['a schema that is no object', { schema: [] }, 'invalid_request', '/schema'],
    ['another enforcement', { enforce: 'maybe' }, 'invalid_request', '/enforce'],
    ['an unknown setting', { unknown: 1 }, 'invalid_request', '/unknown'],
  ])('refuses %s', async (_, settings, code, path) => {
    expect(await put(settings)).toMatchObject({ status: 400, json: { code, errors: [{ path }] } });
    expect((await client.get(`/v1/event-types/${name}`)).status).toBe(404);
  });

  it('refuses a name that no event can have', async () => {
    expect(await put({}, 'a%20b')).toMatchObject({ status: 400, json: { code: 'invalid_request', errors: [{ path: 'name' }] } });
    expect(await put({}, 'x'.repeat(129))).toMatchObject({ status: 400 });
    expect((await client.get('/v1/event-types/a%20b')).status).toBe(404);
  });

  it('bounds the number of a tenant, of which deleted ones are none', async () => {
    const headers = { 'lockstep-tenant': 'full' };
    await store.query("insert into event_types (tenant, name) select 'full', 'n' || n from generate_series(1, 1000) n");
    expect(await put({}, 'one.more', headers)).toMatchObject({ status: 409, json: { code: 'conflict' } });
    expect((await put({}, 'n1', headers)).status).toBe(200);
    await store.query("update event_types set deleted_at = now() - interval '2 days' where tenant = 'full' and name = 'n2'");
    expect((await put({}, 'one.more', headers)).status).toBe(201);
    // The row of a deleted type goes when no gateway needs it any more.
    expect((await store.query("select from event_types where tenant = 'full' and name = 'n2'")).rowCount).toBe(0);
  });
});

describe('POST /v1/events', () => {
  const eventually = (what: string, at: GatewayClient, data: unknown, status: number): Promise<unknown> => waitUntil(what, async () => (await post(at, data)).status === status, 5_000);

  it('refuses a body that does not fit, with the paths, and stores nothing', async () => {
    await put({ schema });
    await eventually('the schema to hold', client, {}, 400);
    const answer = await post(client, { amount: -1 });
    expect(answer).toMatchObject({ status: 400, json: { code: 'schema_mismatch', errors: [{ path: '/data/amount', message: 'must be >= 0' }] } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect((await post(client, { amount: 1 })).status).toBe(202);
    expect((await store.query("select from events where type = $1 and convert_from(payload, 'UTF8') like '%:-1%'", [name])).rowCount).toBe(0);
  });

  it('checks CloudEvents: in the structured mode with their attributes, in the binary mode their body', async () => {
    await put({ schema });
    await eventually('the schema to hold', client, {}, 400);
    const structured = { specversion: '1.0', source: '/orders', type: name, subject: 'order-1' };
    const postStructured = (id: string, data: unknown): Promise<Answer> => client.call('POST', '/v1/events', { body: JSON.stringify({ ...structured, id, data }), headers: { 'content-type': 'application/cloudevents+json' } });
    expect(await postStructured('1', { amount: -1 })).toMatchObject({ status: 400, json: { code: 'schema_mismatch', errors: [{ path: '/data/amount' }] } });
    expect((await postStructured('2', { amount: 1 })).status).toBe(202);
    const postBinary = (id: string, type: string, body: string): Promise<Answer> => client.call('POST', '/v1/events', { body, headers: { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/orders', 'ce-type': name, 'ce-subject': 'order-1', 'content-type': type } });
    expect(await postBinary('3', 'application/vnd.order+json; charset=utf-8', '{"data":{"amount":-1}}')).toMatchObject({ status: 400, json: { errors: [{ path: '/data/amount' }] } });
    expect((await postBinary('4', 'application/json', '{"data":{"amount":1}}')).status).toBe(202);
    for (const [type, body] of [['text/plain', '{}'], ['application/json', '{']] as const) {
      expect(await postBinary('5', type, body)).toMatchObject({ status: 400, json: { code: 'schema_mismatch', errors: [{ path: '', message: 'is not JSON, which the schema describes' }] } });
    }
  });

  it('checks each item of a batch alone', async () => {
    await put({ schema });
    await eventually('the schema to hold', client, {}, 400);
    const items = [1, -1, 2].map((amount) => ({ type: name, entity: 'order-1', data: { amount } }));
    const lines = await client.call('POST', '/v1/events/batch', { body: items.map((item) => JSON.stringify(item)).join('\n'), headers: { 'content-type': 'application/x-ndjson' } });
    const events = items.map(({ data }, i) => ({ specversion: '1.0', id: `b${i}`, source: '/orders', type: name, subject: 'order-1', data }));
    const array = await client.call('POST', '/v1/events', { body: JSON.stringify(events), headers: { 'content-type': 'application/cloudevents-batch+json' } });
    for (const answer of [lines, array]) {
      expect(answer.status).toBe(202);
      expect((answer.json as { results: { code?: string; errors?: unknown }[] }).results.map(({ code, errors }) => [code, errors])).toEqual([[undefined, undefined], ['schema_mismatch', [{ path: '/data/amount', message: 'must be >= 0' }]], [undefined, undefined]]);
    }
  });

  it('accepts any body when the schema is off or gone, and of a deprecated type', async () => {
    for (const settings of [{ schema, enforce: 'off' }, { schema: null }, { schema, deprecated: true }]) {
      await put(settings);
      await eventually('the change to hold', client, { amount: 'x' }, settings.deprecated === true ? 400 : 202);
      expect((await post(client, { amount: 1 })).status).toBe(202);
    }
  });

  it('refuses unknown types for a tenant that says so', async () => {
    const headers = { 'lockstep-tenant': 'strict' };
    expect((await post(client, {}, name, headers)).status).toBe(202);
    await store.query("update tenants set refuses_unknown_types = true where id = 'strict'");
    await waitUntil('the refusal', async () => (await post(other, {}, name, headers)).status === 400, 5_000);
    await waitUntil('the refusal', async () => (await post(client, {}, name, headers)).status === 400, 5_000);
    expect(await post(client, {}, name, headers)).toMatchObject({ json: { code: 'unknown_event_type', errors: [{ path: '/type' }] } });
    expect((await post(client, {})).status).toBe(202);
    await put({}, name, headers);
    await waitUntil('the type to be known', async () => (await post(client, {}, name, headers)).status === 202, 5_000);
    await store.query("update tenants set refuses_unknown_types = false where id = 'strict'");
    await waitUntil('unknown types', async () => (await post(client, {}, `${name}.other`, headers)).status === 202, 5_000);
  });

  it('accepts nothing by what it read earlier while Postgres does not answer', async () => {
    proxy.cut();
    try {
      const answers: number[] = [];
      const cutAt = performance.now();
      await waitUntil('two seconds of answers', async () => {
        answers.push((await post(other, {})).status);
        return performance.now() - cutAt > 2_000;
      }, 20_000);
      expect(new Set(answers)).toEqual(new Set([503]));
    } finally {
      proxy.restore();
    }
    await waitUntil('the second gateway to accept events again', async () => (await post(other, {})).status === 202, 20_000);
  });
});
