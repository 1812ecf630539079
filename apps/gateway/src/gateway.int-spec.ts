import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { mintId } from '#domain/ids';
import type { KafkaConfig } from '#ground/config/config';
import { createKafka } from '#ground/kafka/client';
import { createLogger } from '#ground/telemetry/logger';
import { type GatewayClient, TEST_ADMIN_KEY } from '#dev/testing/gateway-client';
import { requestBytes, sendRaw } from '#dev/testing/raw-http';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { TopicReader } from '#dev/testing/topic-reader';
import { waitUntil } from '#dev/testing/wait-until';
import { GatewayUnderTest } from '../fixtures/gateway-under-test.js';

const logger = createLogger('test', 'silent');
const topicPrefix = `gateway-${randomBytes(4).toString('hex')}.`;

let database: TestDatabase;
let store: pg.Client;
/** Stands between the second gateway and Postgres. */
let proxy: TcpProxy;
const gateways: GatewayUnderTest[] = [];
let client: GatewayClient;
let cutOff: GatewayClient;

async function startGateway(databaseUrl: string): Promise<GatewayClient> {
  const gateway = await GatewayUnderTest.start(databaseUrl, { KAFKA_TOPIC_PREFIX: topicPrefix, LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', LOCKSTEP_MAX_BODY_BYTES: '10000', LOCKSTEP_RETRY_SCHEDULE: '1s' });
  gateways.push(gateway);
  return gateway.client;
}

beforeAll(async () => {
  database = await createTestDatabase();
  store = new pg.Client(database.url);
  await store.connect();
  client = await startGateway(database.url);
  const target = new URL(database.url);
  proxy = await TcpProxy.start(target.hostname, Number(target.port));
  target.host = `127.0.0.1:${proxy.port}`;
  cutOff = await startGateway(target.toString());
});

afterAll(async () => {
  proxy.restore();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await proxy.stop();
  await store.end();
  await database.drop();
});

describe('POST /v1/events', () => {
  it('answers 202 with the event, and the same for the same key and body', async () => {
    const key = mintId();
    const first = await client.post('order-1', { n: 1 }, { 'idempotency-key': `"${key}"` });
    expect(first).toMatchObject({ status: 202, json: { type: 'order.created', entity: 'order-1', status: 'accepted' } });
    expect(first.json).toEqual({ id: expect.stringMatching(/^evt_[0-9a-f]{32}$/) as unknown, type: 'order.created', entity: 'order-1', status: 'accepted', acceptedAt: expect.stringMatching(/^\d{4}-.*Z$/) as unknown });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const again = await cutOff.post('order-1', { n: 1 }, { 'idempotency-key': key });
    expect(again).toMatchObject({ status: 202, text: first.text });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  const good = JSON.stringify({ type: 'a', entity: 'b', data: 1 });
  it.each([
    ['no JSON', { body: '{' }, 400, 'invalid_request'],
    ['an array', { body: '[]' }, 400, 'invalid_request'],
    ['bytes that are no UTF-8', { body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, 'invalid_request'],
    ['members that are wrong', { body: '{"type":"a b","entity":"","data":1}' }, 400, 'invalid_request'],
    ['a type of operational events', { body: '{"type":"lockstep.delivery.dead","entity":"b","data":1}' }, 400, 'invalid_request'],
    ['a bad key', { body: good, headers: { 'idempotency-key': 'a b' } }, 400, 'invalid_idempotency_key'],
    ['a body that is too large', { body: JSON.stringify({ type: 'a', entity: 'b', data: 'x'.repeat(10_000) }) }, 413, 'payload_too_large'],
    ['another content type', { body: good, headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
    ['no body', {}, 415, 'unsupported_media_type'],
    ['a wrong key', { body: good, headers: { authorization: 'Bearer wrong-wrong-wrong-wrong' } }, 401, 'unauthenticated'],
    ['an unknown tenant', { body: good, headers: { 'lockstep-tenant': 'nobody' } }, 400, 'invalid_request'],
  ])('refuses %s', async (_, request, status, code) => {
    const answer = await client.call('POST', '/v1/events', request);
    expect(answer).toMatchObject({ status, json: { type: `urn:lockstep:problem:${code}`, title: expect.any(String) as unknown, status, code, detail: expect.any(String) as unknown, errors: expect.any(Array) as unknown } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
  });

  it('refuses another body with a used key, and two keys', async () => {
    const key = mintId();
    await client.post('order-2', 1, { 'idempotency-key': key });
    expect(await client.post('order-2', 2, { 'idempotency-key': key })).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    const headers = new Headers({ authorization: `Bearer ${TEST_ADMIN_KEY}`, 'content-type': 'application/json' });
    headers.append('idempotency-key', 'a');
    headers.append('idempotency-key', 'b');
    expect(await client.call('POST', '/v1/events', { body: good, headers: Object.fromEntries(headers) })).toMatchObject({ status: 400, json: { code: 'invalid_idempotency_key' } });
  });

  it('accepts application/json with parameters, and acts on the named tenant', async () => {
    await store.query("insert into tenants (id) values ('acme') on conflict do nothing");
    const posted = await client.post('order-3', 1, { 'content-type': 'application/json; charset=utf-8', 'lockstep-tenant': 'acme' });
    expect(posted.status).toBe(202);
    const { id } = posted.json as { id: string };
    expect((await client.get(`/v1/events/${id}`)).status).toBe(404);
    expect(await client.call('GET', `/v1/events/${id}`, { headers: { 'lockstep-tenant': 'acme' } })).toMatchObject({ status: 200, json: { contentType: 'application/json; charset=utf-8' } });
  });

  it('keeps the order of posts that alternate between two gateways, through Kafka', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 40; i++) ids.push(((await (i % 2 === 0 ? client : cutOff).post('alternating', i)).json as { id: string }).id);
    const reader = await TopicReader.start(createKafka(gateways[0]?.config.kafka as KafkaConfig, 'test', logger), [`${topicPrefix}events`]);
    const mine = (): string[] => reader.records.filter(({ key }) => key === 'default/alternating').map(({ headers }) => headers['ce_id'] ?? '');
    await waitUntil('40 events in Kafka', () => new Set(mine()).size === 40);
    await reader.stop();
    expect([...new Set(mine())]).toEqual(ids);
  });
});

describe('a request with two Authorization headers', () => {
  it('is refused, whichever is right; other headers as long may come with one', async () => {
    const right: [string, string] = ['Authorization', `Bearer ${TEST_ADMIN_KEY}`];
    const statusWith = async (...headers: [string, string][]): Promise<number | undefined> =>
      (await sendRaw(client.url, requestBytes('GET', '/v1/endpoints', [['host', 'a'], ['connection', 'close'], ...headers])))?.status;
    expect(await statusWith(right, ['authorization', 'Bearer another'])).toBe(401);
    expect(await statusWith(['AUTHORIZATION', 'Bearer another'], right)).toBe(401);
    expect(await statusWith(['x-thirteen-ch', 'a'], right, ['x-thirteen-ch', 'b'])).toBe(200);
  });
});

describe('CloudEvents', () => {
  const members = (): Record<string, unknown> => ({ specversion: '1.0', id: mintId(), source: '/orders', type: 'order.created', subject: 'order-ce', ext: 'ü', data: { n: 1 } });
  const headersOf = (event: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'data').map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value)).replaceAll('%2F', '/')]));

  it('are accepted in the structured and in the binary mode, as the same event', async () => {
    const event = members();
    const body = ` ${JSON.stringify(event)}`;
    const structured = await client.call('POST', '/v1/events', { body, headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' } });
    expect(structured).toMatchObject({ status: 202, json: { type: 'order.created', entity: 'order-ce' } });
    const { id } = structured.json as { id: string };
    const stored = await client.get(`/v1/events/${id}`);
    expect(stored.json).toMatchObject({ idempotencyKey: `/orders ${String(event['id'])}`, acceptedBy: 'admin', contentType: 'application/cloudevents+json; charset=UTF-8', attributes: headersOf(event) });
    expect(stored.text).toContain(body);
    expect(await client.call('POST', '/v1/events', { body, headers: { 'content-type': 'application/cloudevents+json' } })).toMatchObject({ status: 202, json: { id } });
    expect(await client.call('POST', '/v1/events', { body: 'another body', headers: { 'content-type': 'text/plain', ...headersOf(event) } })).toMatchObject({ status: 422 });
  });

  it.each<[string, string | Uint8Array<ArrayBuffer> | undefined, string | undefined, string, unknown]>([
    ['text', 'amount=1', 'text/plain', 'text/plain', 'amount=1'],
    ['bytes', new Uint8Array([0, 255]), 'application/x-protobuf', 'application/x-protobuf', 'AP8='],
    ['JSON', '{"a": 1}', 'application/json', 'application/json', { a: 1 }],
    ['lines, as batches have them', '{"a": 1}\n{}\n', 'application/x-ndjson', 'application/x-ndjson', '{"a": 1}\n{}\n'],
    ['something else that is called JSON', 'no JSON', 'application/json', 'application/json', 'no JSON'],
    ['no data', undefined, undefined, 'application/octet-stream', ''],
  ])('have data of any type in the binary mode: %s', async (_, body, contentType, storedType, payload) => {
    const event = members();
    const headers = { ...headersOf(event), ...(contentType === undefined ? {} : { 'content-type': contentType }) };
    const accepted = await client.call('POST', '/v1/events', { headers, ...(body === undefined ? {} : { body }) });
    expect(accepted).toMatchObject({ status: 202, json: { entity: 'order-ce' } });
    expect((await client.get(`/v1/events/${(accepted.json as { id: string }).id}`)).json).toMatchObject({ contentType: storedType, payload, attributes: headersOf(event) });
  });

  it.each<[string, Record<string, string>, string, number, string]>([
    ['an invalid one', { 'content-type': 'application/cloudevents+json' }, '{}', 400, 'invalid_request'],
    ['another encoding', { 'content-type': 'application/cloudevents+json; charset=utf-16' }, '{}', 415, 'unsupported_media_type'],
    ['a compressed one', { 'content-type': 'text/plain', 'content-encoding': 'gzip', ...headersOf(members()) }, 'x', 415, 'unsupported_media_type'],
    ['another format', { 'content-type': 'application/cloudevents+avro' }, 'x', 415, 'unsupported_media_type'],
    ['attributes without a version', { 'content-type': 'text/plain', 'ce-id': '1', 'ce-source': '/', 'ce-type': 'a', 'ce-subject': 'b' }, 'x', 415, 'unsupported_media_type'],
    ['65 attributes', { 'content-type': 'text/plain', ...headersOf(members()), ...Object.fromEntries(Array.from({ length: 59 }, (_, i) => [`ce-ext${i}`, 'x'])) }, 'x', 431, 'headers_too_large'],
    ['more than 8 KiB of attributes', { 'content-type': 'text/plain', ...headersOf(members()), 'ce-long': 'x'.repeat(8_192) }, 'x', 431, 'headers_too_large'],
  ])('are refused: %s', async (_, headers, body, status, code) => {
    expect(await client.call('POST', '/v1/events', { body, headers })).toMatchObject({ status, json: { code } });
  });

  it('are taken by no other route', async () => {
    expect(await client.call('POST', '/v1/endpoints', { body: 'x', headers: { 'content-type': 'text/plain', ...headersOf(members()) } })).toMatchObject({ status: 415 });
  });
});

describe('Prefer: wait', () => {
  it('answers with the state of the event after that time', async () => {
    const answer = await client.post('order-wait', {}, { prefer: 'wait=1, respond-async' });
    expect(answer).toMatchObject({ status: 202, json: { status: 'accepted', deliveries: [] } });
    expect(answer.headers.get('preference-applied')).toBe('wait=1');
  });

  it('is ignored where it says nothing', async () => {
    const answer = await client.post('order-wait', {}, { prefer: 'return=minimal' });
    expect(answer.json).not.toHaveProperty('deliveries');
    expect(answer.headers.get('preference-applied')).toBeNull();
  });
});

describe('GET /v1/ledger', () => {
  const countOf = async (table: string, where = 'true'): Promise<number> => Number((await store.query<{ count: string }>(`select count(*) from ${table} where ${where}`)).rows[0]?.count);

  it('gives an admin the whole installation, or the named tenant', async () => {
    await store.query("insert into tenants (id) values ('acme') on conflict do nothing");
    await client.post('counted', 1, { 'lockstep-tenant': 'acme' });
    const accepted = await countOf('events');
    const ofAcme = await countOf('events', "tenant = 'acme'");
    const all = await client.get('/v1/ledger');
    const numbers = { admitted: 0, routes: { total: 0, pending: 0, delivered: 0, dead: 0, discarded: 0 } };
    const acme = { ...numbers, tenant: 'acme', balanced: true, accepted: ofAcme, notAdmitted: ofAcme, endpoints: [] };
    expect(all).toMatchObject({ status: 200, json: { ...numbers, balanced: true, accepted, notAdmitted: accepted, tenants: [acme, { tenant: 'default', accepted: accepted - ofAcme }], violations: [] } });
    expect(Date.parse((all.json as { asOf: string }).asOf)).toBeGreaterThan(Date.now() - 60_000);
    expect(await client.call('GET', '/v1/ledger', { headers: { 'lockstep-tenant': 'acme' } })).toMatchObject({ status: 200, json: { ...numbers, balanced: true, accepted: ofAcme, tenants: [acme] } });
    expect((await client.call('GET', '/v1/ledger', { headers: { 'lockstep-tenant': 'nobody' } })).status).toBe(400);
  });

  it('answers concurrent requests with one reading', async () => {
    const lock = new pg.Client(database.url);
    await lock.connect();
    await lock.query('begin; lock table lanes');
    const answers = Promise.all(Array.from({ length: 10 }, () => client.get('/v1/ledger')));
    const waiting = async (): Promise<number> => countOf('pg_stat_activity', "application_name = 'lockstep-gateway-ledger' and wait_event_type = 'Lock' and datname = current_database()");
    await waitUntil('a reading that waits for the lock', async () => (await waiting()) > 0);
    // Another question waits for its turn.
    const other = client.get('/v1/ledger?olderThan=10m');
    expect(await waiting()).toBe(1);
    await lock.end();
    expect(new Set((await answers).map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await other).toMatchObject({ status: 200, json: { balanced: true } });
  });

  it.each(['olderThan=soon', 'olderThan=10m&olderThan=5m', 'tenant=acme'])('refuses %s', async (query) => {
    expect(await client.get(`/v1/ledger?${query}`)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });
});

describe('while Postgres is away', () => {
  it('answers 503, is alive but not ready, and recovers; the same key then shows the outcome', async () => {
    const key = mintId();
    proxy.cut();
    const refused = await cutOff.post('order-4', 1, { 'idempotency-key': key });
    expect(refused).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await cutOff.get('/v1/endpoints')).status).toBe(503);
    const unread = await cutOff.get('/v1/ledger');
    expect(unread).toMatchObject({ status: 503, json: { code: 'store_unavailable' } });
    expect(unread.headers.get('retry-after')).toBe('5');
    expect(await cutOff.get('/health/ready')).toMatchObject({ status: 503, json: { status: 'error', error: { postgres: { status: 'down' } } } });
    expect((await cutOff.get('/health/live')).status).toBe(200);
    proxy.restore();
    await waitUntil('an accepted event', async () => (await cutOff.post('order-4', 1, { 'idempotency-key': key })).status === 202);
    await waitUntil('readiness', async () => (await cutOff.get('/health/ready')).status === 200);
    const { rows } = await store.query('select from events where idempotency_key = $1', [key]);
    expect(rows).toHaveLength(1);
  });
});

describe('other paths', () => {
  it('answers 404 for an unknown path, and 405 with Allow for an unknown method', async () => {
    expect(await client.get('/nowhere')).toMatchObject({ status: 404, json: { code: 'not_found' } });
    const answer = await client.call('PUT', '/v1/events');
    expect(answer).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await client.get('/v1/events/%zz')).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  it('requires a key on every route except public ones, in any spelling of the path', async () => {
    const status = async (path: string): Promise<number> => (await client.call('GET', path, { headers: { authorization: '' } })).status;
    expect(await Promise.all(['/v1/events', '/v1/endpoints', '/v1/deliveries', '/v1/ledger', '/v1/events/evt_0', '/%761/events', '/v1/%65vents'].map(status))).toEqual([401, 401, 401, 401, 401, 401, 401]);
    expect(await Promise.all(['/health/live', '/health/ready', '/health/startup', '/metrics', '/docs', '/api-docs', '/openapi.json'].map(status))).toEqual([200, 200, 200, 200, 200, 200, 200]);
  });

  it('documents every route with its problems', async () => {
    const { json, text } = await client.get('/openapi.json');
    const { paths, components } = json as { paths: Record<string, Record<string, { responses: Record<string, unknown>; security: unknown }>>; components: { securitySchemes: unknown; schemas: Record<string, unknown> } };
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(operations.filter((operation) => operation.includes('/v1/')).sort()).toEqual([
      'DELETE /v1/api-keys/{id}', 'DELETE /v1/endpoints/{id}', 'DELETE /v1/event-types/{name}', 'DELETE /v1/sources/{id}', 'GET /v1/api-keys', 'GET /v1/api-keys/{id}', 'GET /v1/audit', 'GET /v1/dead-letters', 'GET /v1/dead-letters/groups',
      'GET /v1/deliveries', 'GET /v1/deliveries/{id}', 'GET /v1/deliveries/{id}/attempts', 'GET /v1/endpoints', 'GET /v1/endpoints/{id}', 'GET /v1/endpoints/{id}/secret', 'GET /v1/endpoints/{id}/stats', 'GET /v1/event-types', 'GET /v1/event-types/{name}',
      'GET /v1/events', 'GET /v1/events/{id}', 'GET /v1/events/{id}/deliveries', 'GET /v1/events/{id}/timeline', 'GET /v1/lanes', 'GET /v1/lanes/{endpoint}/{entity}', 'GET /v1/ledger',
      'GET /v1/metrics', 'GET /v1/rejections', 'GET /v1/replays', 'GET /v1/replays/{id}', 'GET /v1/sources', 'GET /v1/sources/{id}', 'GET /v1/sources/{id}/stats', 'GET /v1/system', 'GET /v1/tenants', 'GET /v1/tenants/{id}', 'PATCH /v1/api-keys/{id}', 'PATCH /v1/endpoints/{id}', 'PATCH /v1/sources/{id}', 'POST /v1/api-keys',
      'POST /v1/api-keys/{id}/rotate', 'POST /v1/dead-letters/discard', 'POST /v1/dead-letters/replay', 'POST /v1/endpoints', 'POST /v1/endpoints/{id}/pause', 'POST /v1/endpoints/{id}/replay', 'POST /v1/endpoints/{id}/resume',
      'POST /v1/endpoints/{id}/rotate-secret', 'POST /v1/endpoints/{id}/test', 'POST /v1/events', 'POST /v1/events/batch', 'POST /v1/events/{id}/replay', 'POST /v1/lanes/{endpoint}/{entity}/pause', 'POST /v1/lanes/{endpoint}/{entity}/resume',
      'POST /v1/lanes/{endpoint}/{entity}/skip', 'POST /v1/replays/{id}/cancel', 'POST /v1/sources', 'POST /v1/sources/{id}/rotate-secret', 'PUT /v1/event-types/{name}', 'PUT /v1/tenants/{id}',
    ]);
    expect(Object.keys(paths['/v1/events']?.['post']?.responses ?? {}).sort()).toEqual(['200', '202', '400', '401', '403', '408', '409', '413', '415', '422', '429', '431', '500', '503']);
    expect(paths['/v1/events']?.['post']?.security).toEqual([{ bearer: [] }]);
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Problem', 'Endpoint', 'NewEndpoint', 'Event', 'Delivery', 'Ledger', 'NewSource', 'NewKafkaSource', 'HmacSettings']));
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
    expect(references.filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([]);
  });

  it('documents the events that it makes itself', async () => {
    const { 'x-webhooks': webhooks } = (await client.get('/openapi.json')).json as { 'x-webhooks': Record<string, { post: { requestBody: { content: Record<string, { schema: { required: string[] } }> } } }> };
    expect(Object.keys(webhooks).sort()).toEqual([
      'lockstep.breaker.closed', 'lockstep.breaker.opened', 'lockstep.delivery.dead', 'lockstep.endpoint.caught_up', 'lockstep.endpoint.disabled', 'lockstep.endpoint.recovered', 'lockstep.lane.halted', 'lockstep.source.failing',
    ]);
    expect(webhooks['lockstep.delivery.dead']?.post.requestBody.content['application/json']?.schema.required).toEqual(['type', 'entity', 'timestamp', 'data']);
  });

  it('counts accepted, duplicate and rejected requests', async () => {
    const { text } = await client.get('/metrics');
    expect(text).toMatch(/^lockstep_events_accepted_total\{source="api",operation="post"\} [1-9]/m);
    expect(text).toMatch(/^lockstep_events_deduplicated_total\{source="api",operation="post"\} [1-9]/m);
    expect(text).toMatch(/^lockstep_requests_rejected_total\{code="unauthenticated"\} [1-9]/m);
    expect(text).toMatch(/^lockstep_outbox_depth \d/m);
    expect(text).toMatch(/^lockstep_outbox_oldest_age_seconds \d/m);
    expect(text).toMatch(/^lockstep_relayed_records_total\{topic=".*events"\} [1-9]/m);
    expect(text).toMatch(/^lockstep_http_request_duration_seconds_count\{method="GET",route="\/v1\/events\/:id",status="404"\} 1$/m);
  });
});

describe('/v1/endpoints', () => {
  it('goes from creation to deletion', async () => {
    const created = await client.send('POST', '/v1/endpoints', { url: 'https://example.com/hook', headers: { Authorization: 'Bearer secret-of-theirs' }, retrySchedule: ['1s', '5s'] });
    expect(created.status).toBe(201);
    const { secret, ...endpoint } = created.json as { id: string; secret: string };
    expect(endpoint).toMatchObject({
      id: expect.stringMatching(/^ep_[0-9a-f]{32}$/) as unknown, url: 'https://example.com/hook', description: '', eventTypes: ['*'], ordering: 'entity', dlqPolicy: 'continue', retrySchedule: ['1s', '5s'],
      timeoutMs: 15_000, maxConcurrency: 64, maxRetryAfterSeconds: 86_400, rateLimit: null, disableAfter: null, headers: { Authorization: 'Bearer secret-of-theirs' }, metadata: {}, status: 'active', statusReason: null,
      breaker: { state: 'closed', since: null, nextProbeAt: null, failureRate: null }, catchUp: null,
    });
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length).toBeGreaterThanOrEqual(24);
    const path = `/v1/endpoints/${endpoint.id}`;
    expect(created.headers.get('location')).toBe(path);
    expect((await client.get(path)).json).toEqual(endpoint);
    expect((await client.get('/v1/endpoints')).json).toEqual({ data: [endpoint], nextCursor: null });

    const changed = await client.send('PATCH', path, { description: 'theirs', retrySchedule: null, rateLimit: { perSecond: 2.5 }, headers: {}, metadata: { team: 'a' } });
    expect(changed).toMatchObject({ status: 200, json: { description: 'theirs', retrySchedule: null, rateLimit: { perSecond: 2.5, burst: 2 }, headers: {}, metadata: { team: 'a' }, url: 'https://example.com/hook' } });
    expect(await client.send('PATCH', path, { rateLimit: null })).toMatchObject({ status: 200, json: { rateLimit: null, description: 'theirs' } });
    expect(await client.send('PATCH', path, { disableAfter: '36h' })).toMatchObject({ status: 200, json: { disableAfter: '36h', description: 'theirs' } });
    expect(await client.send('PATCH', path, { disableAfter: null })).toMatchObject({ status: 200, json: { disableAfter: null } });
    expect(await client.send('PATCH', path, { disableAfter: '59s' })).toMatchObject({ status: 400, json: { errors: [{ path: '/disableAfter' }] } });
    for (let i = 0; i < 2; i++) expect(await client.call('POST', `${path}/pause`)).toMatchObject({ status: 200, json: { status: 'paused', statusReason: 'Paused by an operator' } });
    for (let i = 0; i < 2; i++) expect(await client.call('POST', `${path}/resume`)).toMatchObject({ status: 200, json: { status: 'active', statusReason: null } });

    // The reason is optional; the requests fail because the lane does not exist.
    for (const action of ['pause', 'resume', 'skip']) {
      const lane = `/v1/lanes/${endpoint.id}/nobody/${action}`;
      expect((await client.call('POST', lane)).status).toBe(404);
      expect((await client.call('POST', lane, { body: '' })).status).toBe(404);
      expect((await client.call('POST', lane, { body: '[]' })).status).toBe(400);
    }
    expect((await client.call('POST', '/v1/endpoints')).status).toBe(400);

    expect(await client.call('DELETE', path)).toMatchObject({ status: 204, text: '' });
    for (const [method, target] of [['DELETE', path], ['GET', path], ['POST', `${path}/pause`]] as const) expect((await client.call(method, target)).status).toBe(404);
    expect((await client.send('PATCH', path, {})).status).toBe(404);
    expect((await client.get('/v1/endpoints')).json).toEqual({ data: [], nextCursor: null });
    const audit = (await client.get(`/v1/audit?subject=${endpoint.id}`)).json as { data: { action: string; actor: unknown; requestId: string }[] };
    expect(audit.data.map(({ action }) => action).toReversed()).toEqual(['endpoint.created', ...Array<string>(4).fill('endpoint.changed'), 'endpoint.paused', 'endpoint.resumed', 'endpoint.deleted']);
    expect(audit.data.map(({ actor }) => actor)).toEqual(Array(8).fill({ type: 'admin', id: 'admin', name: 'Admin key' }));
    expect(audit.data.map(({ requestId }) => requestId).toReversed().slice(0, 2)).toEqual([created, changed].map(({ headers }) => headers.get('x-request-id')));
    for (const change of ['delete from audit_log', "update audit_log set actor = ''", 'truncate audit_log']) {
      await expect(store.query(change)).rejects.toThrow('The audit log is only added to');
    }
  });

  it('says in every management answer and problem which request it was, whatever id the client sends', async () => {
    const ids: (string | null)[] = [];
    for (const [method, path] of [['GET', '/v1/endpoints'], ['GET', '/v1/endpoints/ep_1'], ['GET', '/nowhere'], ['PUT', '/v1/events']] as const) {
      const { headers, json, status } = await client.call(method, path, { headers: { 'x-request-id': 'mine' } });
      ids.push(headers.get('x-request-id'));
      if (status >= 400) expect((json as { requestId: string }).requestId).toBe(ids.at(-1));
    }
    expect(ids.filter((id) => /^req_[0-9a-f]{24}$/.test(id ?? ''))).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
    expect((await client.post('order-ids')).headers.get('x-request-id')).toBeNull();
  });

  it('counts what ingest refuses, and duplicates, but nothing without a valid key', async () => {
    for (let i = 0; i < 2; i++) await client.post('rejected', { n: 1 }, { 'idempotency-key': 'rejections-1' });
    await client.post('rejected', { n: 2 }, { 'idempotency-key': 'rejections-1' });
    // Refused before their handler.
    await client.post('rejected', 'x'.repeat(10_000));
    await client.call('POST', '/v1/events', { body: 'x', headers: { 'content-type': 'text/plain' } });
    await client.call('POST', '/v1/events', { body: '{', headers: { authorization: 'Bearer wrong-wrong-wrong-wrong' } });
    type Rejection = { code: string; key: string; source: string; count: number; lastDetail: string };
    let found: Rejection[] = [];
    await waitUntil('the counts', async () => {
      found = ((await client.get('/v1/rejections')).json as { data: Rejection[] }).data;
      return ['duplicate', 'idempotency_key_reused', 'payload_too_large', 'unsupported_media_type'].every((code) => found.some((rejection) => rejection.code === code));
    });
    expect(found.filter(({ code }) => code === 'unauthenticated')).toEqual([]);
    expect(found.find(({ code }) => code === 'duplicate')).toMatchObject({ key: 'admin', source: 'api', lastDetail: expect.stringMatching(/^evt_[0-9a-f]{32} was accepted/) as unknown });
  });

  it('tells the timeline of an event', async () => {
    const { id } = (await client.post('order-timeline')).json as { id: string };
    expect(await client.get(`/v1/events/${id}/timeline`)).toMatchObject({ status: 200, json: { data: [{ kind: 'accepted', source: 'api' }, { kind: 'waiting', reason: 'admission' }], nextCursor: null } });
    expect((await client.get('/v1/events/evt_1/timeline')).status).toBe(404);
  });

  it('takes every moment and every cursor in its lists of audit rows, rejections and a timeline', async () => {
    const { id } = (await client.post('order-extremes')).json as { id: string };
    const moments = ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '2262-04-12T00:00:00Z', '9999-12-31T23:59:59Z'];
    const ranges = moments.flatMap((moment) => [`from=${moment}`, `to=${moment}`]);
    const paths = [
      ...ranges.flatMap((range) => [`/v1/audit?${range}`, `/v1/audit?subject=a&${range}`, `/v1/rejections?${range}`]),
      ...['0', 'f'].flatMap((digit) => [`/v1/audit?cursor=${digit.repeat(26)}`, `/v1/rejections?cursor=${digit === 'f' ? '7' : '0'}${digit.repeat(20)}`, `/v1/events/${id}/timeline?cursor=${digit.repeat(17)}${digit === 'f' ? '7' : '0'}${digit.repeat(24)}`]),
    ];
    for (const path of paths) expect([path, (await client.get(path)).status]).toEqual([path, 200]);
  });

  it('nudges every shard for each change, and for no call without one', async () => {
    await store.query('truncate dispatch_outbox');
    const { id } = (await client.send('POST', '/v1/endpoints', { url: 'https://example.com/' })).json as { id: string };
    await client.call('POST', `/v1/endpoints/${id}/pause`);
    await client.call('POST', `/v1/endpoints/${id}/pause`);
    await client.call('DELETE', `/v1/endpoints/${id}`);
    const { rows } = await store.query<{ shard: number; topic: string; key: string | null; value: Buffer }>('select shard, topic, key, value from dispatch_outbox order by id');
    const { rows: [endpoint] } = await store.query<{ id: number }>('select max(id) as id from endpoints');
    expect(rows.map(({ shard }) => shard)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    expect(rows.map(({ topic, key, value }) => ({ topic, key, value: value.toString() }))).toEqual(Array(12).fill({ topic: 'control', key: null, value: `{"kind":"endpoint_changed","endpoint":${endpoint?.id}}` }));
  });

  it('does not pause a disabled endpoint, whose reason stays', async () => {
    const { id } = (await client.send('POST', '/v1/endpoints', { url: 'https://example.com/' })).json as { id: string };
    await store.query("update endpoints set status = 'disabled', status_reason = 'It answered 410' where id = (select max(id) from endpoints)");
    await store.query('truncate dispatch_outbox');
    expect(await client.call('POST', `/v1/endpoints/${id}/pause`)).toMatchObject({ status: 409, json: { code: 'conflict', detail: expect.stringContaining('It answered 410') as unknown } });
    expect((await client.get(`/v1/endpoints/${id}`)).json).toMatchObject({ status: 'disabled', statusReason: 'It answered 410' });
    expect((await store.query('select from dispatch_outbox')).rows).toEqual([]);
    expect(await client.call('POST', `/v1/endpoints/${id}/resume`)).toMatchObject({ status: 200, json: { status: 'active', statusReason: null } });
    expect(((await client.get(`/v1/audit?subject=${id}`)).json as { data: { action: string }[] }).data.map(({ action }) => action)).toEqual(['endpoint.resumed', 'endpoint.created']);
    await client.call('DELETE', `/v1/endpoints/${id}`);
  });

  it('stores secrets and headers encrypted', async () => {
    const created = await client.send('POST', '/v1/endpoints', { url: 'https://example.com/', headers: { 'x-api-key': 'readable-nowhere' } });
    const { secret } = created.json as { secret: string };
    const { rows } = await store.query<{ row: string }>('select e::text as row from endpoints e union all select s::text from endpoint_secrets s');
    const bytes = rows.map(({ row }) => row + Buffer.from(row.replaceAll(/[^0-9a-f]/g, ''), 'hex').toString('latin1')).join();
    expect(bytes).not.toContain('readable-nowhere');
    expect(bytes).not.toContain(secret.slice('whsec_'.length));
  });

  it.each([
    [{ url: 'https://10.0.0.1/' }, 'destination_not_allowed', '/url'],
    [{ url: 'http://example.com/' }, 'destination_not_allowed', '/url'],
    [{ url: 'https://u:p@example.com/' }, 'invalid_request', '/url'],
    [{ url: 'https://example.com/', colour: 'red' }, 'invalid_request', '/colour'],
    [{ url: 'https://example.com/', headers: { 'webhook-id': 'x' } }, 'invalid_request', '/headers/webhook-id'],
    [{ url: 'https://example.com/', eventTypes: ['a', 'b..c'] }, 'invalid_request', '/eventTypes/1'],
    [[], 'invalid_request', ''],
  ])('refuses to create %j', async (settings, code, path) => {
    expect(await client.send('POST', '/v1/endpoints', settings)).toMatchObject({ status: 400, json: { code, errors: [{ path }] } });
  });

  it('allows http:// to a listed network, and refuses a change of ordering', async () => {
    const created = await client.send('POST', '/v1/endpoints', { url: 'http://127.0.0.1:4000/hook' });
    expect(created.status).toBe(201);
    expect(await client.send('PATCH', `/v1/endpoints/${(created.json as { id: string }).id}`, { ordering: 'none' })).toMatchObject({ status: 400, json: { errors: [{ path: '/ordering', message: expect.stringMatching(/sequences/) as unknown }] } });
  });
});

describe('reading', () => {
  it('returns an event byte for byte, with its deliveries and their attempts', async () => {
    const body = '{ "type":"order.created", "entity":"exact", "data":{"n":12345678901234567890,"s":"\\u00fc"},  "timestamp":"2026-01-01T00:00:00.5Z" }';
    const posted = await client.call('POST', '/v1/events', { body, headers: { 'idempotency-key': 'exact' } });
    const { id, acceptedAt } = posted.json as { id: string; acceptedAt: string };
    const uuid = id.slice(4);
    const { rows: [endpoint] } = await store.query<{ id: number; public_id: string }>("insert into endpoints (public_id, tenant, url) values (gen_random_uuid(), 'default', 'https://x/') returning id, public_id");
    await store.query("insert into inbox (event_id, tenant, shard, routes) values ($1, 'default', 0, 1)", [uuid]);
    await store.query("insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts) values ($1, $2, 'default', 0, 1, 7, 'pending', 2)", [uuid, endpoint?.id]);
    await store.query("insert into attempts select $1, $2, 0, n, 'default', 1, '2026-01-01T00:00:00Z', 12, case when n = 1 then 500 end, case when n = 2 then 'timeout' end, case when n = 1 then 'oh'::bytea end from generate_series(1, 2) n", [uuid, endpoint?.id]);
    const event = await client.get(`/v1/events/${id}`);
    expect(event.text).toContain(`"payload":${body}`);
    const delivery = {
      id: `dlv_${uuid}${endpoint?.id.toString(16).padStart(8, '0')}0000`, event: id, type: 'order.created', entity: 'exact', endpoint: `ep_${endpoint?.public_id.replaceAll('-', '')}`, sequence: 7,
      status: 'pending', nextAttemptAt: null, deadReason: null, createdAt: expect.any(String) as unknown, finishedAt: null,
      attempts: [
        { number: 1, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 12, statusCode: 500, error: null, responseBody: 'oh' },
        { number: 2, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 12, statusCode: null, error: 'timeout', responseBody: null },
      ],
    };
    expect(event).toMatchObject({ status: 200, json: { id, type: 'order.created', entity: 'exact', timestamp: '2026-01-01T00:00:00.500Z', acceptedAt, idempotencyKey: 'exact', source: 'api', status: 'admitted', contentType: 'application/json', deliveries: [delivery] } });
    expect((await client.get(`/v1/deliveries/${delivery.id}`)).json).toEqual(delivery);
    const { attempts, ...rest } = delivery;
    const summary = { ...rest, attemptCount: 2, lastAttempt: { number: 2, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 12, statusCode: null, error: 'timeout' } };
    for (const list of ['/v1/deliveries?entity=exact', `/v1/deliveries?endpoint=${delivery.endpoint}&status=pending`, `/v1/events/${id}/deliveries`]) {
      expect((await client.get(list)).json).toEqual({ data: [summary], nextCursor: null });
    }
    expect((await client.get(`/v1/deliveries/${delivery.id}/attempts`)).json).toEqual({ data: [...attempts].reverse(), nextCursor: null });
    expect((await client.get('/v1/deliveries?status=dead')).json).toEqual({ data: [], nextCursor: null });
    expect((await client.get('/v1/events?entity=exact&status=admitted')).json).toMatchObject({ data: [{ id, status: 'admitted' }] });
    expect((await client.get('/v1/events?entity=exact&status=accepted')).json).toEqual({ data: [], nextCursor: null });
  });

  it('pages through events once, newest first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) ids.push(((await client.post('paged', i)).json as { id: string }).id);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await client.get(`/v1/events?entity=paged&limit=3${cursor}`)).json as { data: { id: string }[]; nextCursor: string | null };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual([...ids].reverse());
    expect(((await client.get('/v1/events?limit=3')).json as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(seen.slice(0, 3));
    expect((await client.get('/v1/events?entity=paged&type=other')).json).toEqual({ data: [], nextCursor: null });
    for (const query of ['', 'entity=paged&']) {
      const countOf = async (source: string): Promise<number> => ((await client.get(`/v1/events?${query}limit=3&source=${source}`)).json as { data: unknown[] }).data.length;
      expect([await countOf('api'), await countOf('stripe')]).toEqual([3, 0]);
    }
    expect((await client.get('/v1/events?source=%00')).status).toBe(400);
  });

  it('includes `from` and excludes `to`', async () => {
    const { acceptedAt } = (await client.post('timed')).json as { acceptedAt: string };
    await store.query("update events set accepted_at = $1 where entity = 'timed'", [acceptedAt]);
    const next = new Date(Date.parse(acceptedAt) + 1).toISOString();
    const count = async (query: string): Promise<number> => ((await client.get(`/v1/events?entity=timed&${query}`)).json as { data: unknown[] }).data.length;
    expect(await count(`from=${acceptedAt}&to=${next}`)).toBe(1);
    expect(await count(`from=${next}`)).toBe(0);
    expect(await count(`to=${acceptedAt}`)).toBe(0);
    expect(await count('from=2020-01-01T00:00:00%2B02:00&to=9999-12-31T00:00:00Z')).toBe(1);
  });

  it.each(['/v1/events?limit=0', '/v1/events?limit=251', '/v1/events?limit=x', '/v1/events?cursor=x', '/v1/events?status=dead', '/v1/events?from=yesterday', '/v1/events?colour=red', '/v1/events?entity=%00',
    '/v1/events?limit=1&limit=2', '/v1/deliveries?status=accepted', '/v1/deliveries?endpoint=x', '/v1/deliveries?cursor=WyJhIl0', '/v1/endpoints?offset=1'])('refuses %s', async (path) => {
    expect(await client.get(path)).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
  });

  it.each(['/v1/events/evt_0', '/v1/events/evt_00000000000070008000000000000000', '/v1/endpoints/ep_x', '/v1/endpoints/ep_00000000000070008000000000000000',
    '/v1/events/evt_00000000000070008000000000000000/deliveries', '/v1/deliveries/dlv_0', '/v1/deliveries/dlv_00000000000070008000000000000000ffffffff0000', '/v1/deliveries/dlv_00000000000070008000000000000000000000010000/attempts'])('finds nothing at %s', async (path) => {
    expect(await client.get(path)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });
});
