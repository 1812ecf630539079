import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuzz } from '#dev/testing/fuzz';
import { hostileBody, hostileHeader, hostileSegment } from '#dev/testing/hostile-input';
import { faultOf, requestBytes, sendRaw } from '#dev/testing/raw-http';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
}

/** A request as it goes over the wire. */
interface Request {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** How long each property looks for something that breaks it; the first one that runs longer ends it. */
const SEARCH_MS = 4_000;
const MOST_RUNS = 5_000;

const EVENT = { type: 'order.created', entity: 'order-1', data: { amount: 1 }, timestamp: '2026-01-31T12:00:00Z', idempotencyKey: 'k' };
const CLOUD_EVENT = { specversion: '1.0', id: '1', source: '/orders', type: 'order.created', subject: 'order-1', time: '2026-01-31T12:00:00Z', partitionkey: 'p', ext: 'x', data: { amount: 1 } };
const ENDPOINT = {
  url: 'http://127.0.0.1:9/hook', description: 'd', eventTypes: ['order.*'], dlqPolicy: 'halt', retrySchedule: ['1s'], timeoutMs: 1_000, maxConcurrency: 1, maxRetryAfterSeconds: 1, rateLimit: { perSecond: 1 }, headers: { 'x-a': 'b' },
  metadata: { a: { b: 1 } },
};
const FILTER = { endpoint: `ep_${'0'.repeat(32)}`, entity: 'order-1', type: 'order.created', from: '2026-01-31T12:00:00Z', to: '2026-02-01T12:00:00Z', all: true, dryRun: false };
const REASON = { reason: 'because' };
const TENANT = { name: 'n', metadata: { a: { b: 1 } }, status: 'active', ingestRateLimit: { perSecond: 100_000, burst: 1_000_000 }, unknownEventTypes: 'accept' };
const API_KEY = { name: 'n', scopes: ['read', 'ingest'], expiresAt: '2026-01-31T12:00:00Z', ingestRateLimit: { perSecond: 0.5, burst: 1 }, duplicates: 'conflict', resubmit: 'requeue-dead' };
/** What each operation that takes a body likes to get. */
const VALID_BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'POST /v1/events': EVENT,
  // One line of NDJSON; arrays have a property of their own.
  'POST /v1/events/batch': EVENT,
  'POST /v1/endpoints': { ...ENDPOINT, ordering: 'none' },
  'PATCH /v1/endpoints/{id}': ENDPOINT,
  'PUT /v1/event-types/{name}': { description: 'd', schema: { properties: { data: { type: 'object', patternProperties: { '^a+$': { $ref: '#' } } } } }, enforce: 'reject', deprecated: false },
  'PUT /v1/tenants/{id}': TENANT,
  'POST /v1/api-keys': { ...API_KEY, tenant: 'default' },
  'PATCH /v1/api-keys/{id}': API_KEY,
  'POST /v1/api-keys/{id}/rotate': { overlap: '1h' },
  'POST /v1/sources': { name: 'stripe', provider: 'stripe', secrets: ['whsec_a'], settings: { entity: 'json:/id', type: 'stripe.{json:/type}', destinations: ['https://example.com/**'] }, duplicates: 'conflict', resubmit: 'requeue-dead', status: 'active' },
  'PATCH /v1/sources/{id}': { name: 'other', settings: { entity: 'header:x-entity' }, duplicates: 'replay', resubmit: 'none', status: 'disabled' },
  'POST /v1/sources/{id}/rotate-secret': { secret: 'whsec_b', overlap: '1h' },
  'POST /v1/dead-letters/replay': FILTER,
  'POST /v1/dead-letters/discard': FILTER,
  'POST /v1/lanes/{endpoint}/{entity}/pause': REASON,
  'POST /v1/lanes/{endpoint}/{entity}/resume': REASON,
  'POST /v1/lanes/{endpoint}/{entity}/skip': { ...REASON, event: `evt_${'0'.repeat(32)}` },
};
const OTHER_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'QUERY', 'MKCOL', 'get', 'NONSENSE', ''];
const OPEN_PATHS = ['/', '/metrics', '/health/live', '/health/ready', '/health/startup', '/openapi.json', '/docs', '/docs/', '/docs/swagger-ui.css', '/api-docs', '/docs/..%2f..%2fpackage.json', '*', 'http://elsewhere.example/v1/events', '//', '/v1//events'];

let servers: SharedServers;
let system: SystemUnderTest;
let url: string;
let operations: readonly Operation[];
/** Values of path parameters that exist. */
const existing: string[] = ['order-1'];

beforeAll(async () => {
  servers = sharedServers();
  system = await SystemUnderTest.start(servers, { dispatchers: 0, env: { LOG_LEVEL: 'silent' } });
  url = system.gateways[0]?.url ?? '';
  const { id: key } = (await system.call('POST', '/v1/api-keys', API_KEY)) as { id: string };
  const { id: source } = (await system.call('POST', '/v1/sources', { name: 'existing', provider: 'stripe', secrets: ['whsec_a'] })) as { id: string };
  existing.push(source, await system.createEndpoint(ENDPOINT.url), (await system.post('order-1', {})).id, key, 'default');
  const { paths } = (await system.call('GET', '/openapi.json')) as { paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>> };
  operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, { parameters = [] }]) => (
    { method: method.toUpperCase(), path, query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name) }
  )));
});

afterAll(async () => {
  await system.stop();
});

const pathOf = (template: string): fc.Arbitrary<string> => {
  const segments = template.split('/').map((segment) => (segment.startsWith('{')
    ? fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...existing) }, { weight: 1, arbitrary: hostileSegment })
    : fc.constant(segment)));
  return fc.tuple(...segments).map((parts) => parts.join('/'));
};

const queryOf = (names: readonly string[]): fc.Arbitrary<string> => {
  const name = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names, 'limit', 'cursor') }, { weight: 1, arbitrary: hostileSegment });
  const value = fc.oneof(fc.constantFrom('1', '250', '0', '', 'pending', '2026-01-31T12:00:00Z', '10m', '9999-12-31T23:59:59Z', 'age', 'f'.repeat(32), '7fffffff', '0'.repeat(44), 'bff0000000000000000000000000f', ...existing), hostileSegment);
  return fc.array(fc.tuple(name, value), { maxLength: 3 }).map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`));
};

/** The headers of an authorised client with this body, followed by arbitrary ones. */
const aroundBody: fc.Arbitrary<(body: Uint8Array) => Request['headers']> = fc.tuple(fc.array(hostileHeader, { maxLength: 2 }), fc.integer({ min: 0, max: 40 })).map(([extra, left]) => (body) => {
  const usual: [string, string][] = [['host', 'a'], ['authorization', `Bearer ${ADMIN_KEY}`], ['content-type', 'application/json'], ['content-length', String(body.length)]];
  // Now and then one of the usual ones is missing.
  return [...usual.filter((_, i) => i !== left), ...extra, ['connection', 'close']];
});

/** A request of an operation: its method and path most often, its body mutated. */
const requestOf = ({ method, path, query }: Operation): fc.Arbitrary<Request> => {
  const valid = VALID_BODIES[`${method} ${path}`];
  const body: fc.Arbitrary<Uint8Array> = valid === undefined ? fc.oneof(fc.constant(Buffer.alloc(0)), hostileBody(EVENT)) : hostileBody(valid);
  const anyMethod = fc.oneof({ weight: 12, arbitrary: fc.constant(method) }, { weight: 1, arbitrary: fc.constantFrom(...OTHER_METHODS) });
  return fc.tuple(anyMethod, pathOf(path), queryOf(query), aroundBody, body).map(([sentMethod, sentPath, sentQuery, headers, bytes]) => (
    { method: sentMethod, target: sentPath + sentQuery, headers: headers(bytes), body: bytes }
  ));
};

/** A CloudEvent with mutated attributes and data, in the structured or in the binary mode. */
const cloudEventPost = (): fc.Arbitrary<Request> => {
  const { data, ...attributes } = CLOUD_EVENT;
  const headers = Object.entries(attributes).map(([name, value]): fc.Arbitrary<[string, string][]> => fc.oneof(
    { weight: 16, arbitrary: fc.constant<[string, string][]>([[`ce-${name}`, value]]) },
    { weight: 2, arbitrary: hostileHeader.map(([, other]): [string, string][] => [[`ce-${name}`, other]]) },
    { weight: 1, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 1, arbitrary: hostileHeader.map(([other]): [string, string][] => [[`ce-${other}`, value], [`ce-${name}`, value]]) },
  ));
  const binary = fc.tuple(fc.tuple(...headers), hostileHeader, hostileBody(data)).map(([own, extra, body]): Request => (
    { method: 'POST', target: '/v1/events', body, headers: [['host', 'a'], ['authorization', `Bearer ${ADMIN_KEY}`], ['content-type', 'text/plain'], ['content-length', String(body.length)], ...own.flat(), extra, ['connection', 'close']] }
  ));
  const structured = hostileBody(CLOUD_EVENT).map((body): Request => (
    { method: 'POST', target: '/v1/events', body, headers: [['host', 'a'], ['authorization', `Bearer ${ADMIN_KEY}`], ['content-type', 'application/cloudevents+json'], ['content-length', String(body.length)], ['connection', 'close']] }
  ));
  return fc.oneof(binary, structured);
};

/** No route's request, or hardly: any method, path and headers. */
const strangeRequest = (): fc.Arbitrary<Request> => fc.tuple(
  fc.constantFrom(...OTHER_METHODS),
  fc.oneof(fc.constantFrom(...OPEN_PATHS), hostileSegment.map((text) => `/${text}`), fc.tuple(fc.constantFrom(...OPEN_PATHS, '/v1/events'), queryOf([])).map((parts) => parts.join(''))),
  fc.oneof(aroundBody, fc.array(hostileHeader, { maxLength: 6 }).map((headers) => () => headers)),
  fc.uint8Array({ maxLength: 50 }),
).map(([method, target, headers, body]) => ({ method, target, headers: headers(body), body }));

/** Of one search, by status. */
let answers: Record<number, number> = {};

/** Every request of a group gets a proper answer. They run concurrently, because some wait for their timeout. */
async function allAnswered<Sent>(one: fc.Arbitrary<Sent>, send: (sent: Sent) => { bytes: Buffer; method: string }): Promise<void> {
  answers = {};
  await fuzz(fc.array(one, { minLength: 1, maxLength: 25, size: 'max' }), async (group) => {
    await Promise.all(group.map(async (sent) => {
      const { bytes, method } = send(sent);
      const answer = await sendRaw(url, bytes);
      const status = answer?.status ?? 0;
      answers[status] = (answers[status] ?? 0) + 1;
      const fault = faultOf(answer, method);
      if (fault !== undefined) throw new Error(fault);
    }));
  }, { mostRuns: MOST_RUNS, searchMs: SEARCH_MS });
  process.stderr.write(`answers by status: ${JSON.stringify(answers)}\n`);
  // It is the process that was started, and it has kept its books.
  expect(system.gateways[0]?.running).toBe(true);
  expect(await system.call('GET', '/v1/ledger')).toMatchObject({ balanced: true });
}

const asSent = ({ method, target, headers, body }: Request): { bytes: Buffer; method: string } => ({ bytes: requestBytes(method, target, headers, body), method });

describe('arbitrary bytes to the gateway', () => {
  it('knows a valid body for every operation that takes one', () => {
    expect(Object.keys(VALID_BODIES).filter((name) => !operations.some(({ method, path }) => `${method} ${path}` === name))).toEqual([]);
    expect(operations.length).toBeGreaterThan(20);
  });

  it('answers every request of every operation, however mutated, and never with a 5xx', async () => {
    await allAnswered(fc.oneof(...operations.map(requestOf)), asSent);
  });

  it('answers every CloudEvent, however mutated, and never with a 5xx', async () => {
    await allAnswered(cloudEventPost(), asSent);
    const { data } = (await system.call('GET', '/v1/events?limit=250')) as { data: { id: string }[] };
    // What was accepted can be shown.
    for (const { id } of data) expect(await system.call('GET', `/v1/events/${id}`)).toMatchObject({ id, attributes: expect.any(Object) as unknown });
  });

  it('answers every batch, in arrays and on lines, however its framing and its items are mutated', async () => {
    const piece = fc.oneof(
      { weight: 8, arbitrary: hostileBody(EVENT) },
      { weight: 4, arbitrary: fc.constant(Buffer.from(JSON.stringify(EVENT))) },
      { weight: 1, arbitrary: fc.constantFrom('[', ']', ',', '{', '}', '"', '\\', '\0', '\ufeff').map((text) => Buffer.from(text)) },
    );
    const framed = fc.tuple(fc.constantFrom<[string, string, string, string]>(['[', ',', ']', 'application/json'], ['', '\n', '', 'application/x-ndjson'], ['', '\r\n', '\n', 'application/x-ndjson'], ['[', ' ', '', 'application/json']), fc.array(piece, { maxLength: 8 }));
    const batch = fc.tuple(framed, fc.boolean(), aroundBody).map(([[[open, between, close, type], pieces], isChunked, headersOf]): Request => {
      const body = Buffer.concat([Buffer.from(open), ...pieces.flatMap((bytes, i) => (i === 0 ? [bytes] : [Buffer.from(between), bytes])), Buffer.from(close)]);
      const headers = headersOf(body).map(([name, value]): [string, string] => (name === 'content-type' ? [name, type] : isChunked && name === 'content-length' ? ['transfer-encoding', 'chunked'] : [name, value]));
      const sent = isChunked ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from(body.length === 0 ? '\r\n' : '\r\n0\r\n\r\n')]) : body;
      return { method: 'POST', target: '/v1/events/batch', headers, body: sent };
    });
    await allAnswered(batch, asSent);
  });

  it('answers everything that begins like HTTP', async () => {
    await allAnswered(strangeRequest(), asSent);
  });

  it('survives bytes that are no HTTP', async () => {
    const pieces = fc.constantFrom('GET', ' ', '/', 'HTTP/1.1', 'HTTP/2.0', '\r\n', '\n', '\0', ':', 'host: a', 'content-length: 5', 'transfer-encoding: chunked', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\x16\x03\x01', '5\r\nhello\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\n');
    const bytes = fc.array(fc.oneof(pieces.map((text) => Buffer.from(text, 'latin1')), fc.uint8Array({ maxLength: 20 })), { minLength: 1, maxLength: 12 }).map((parts) => Buffer.concat(parts))
      // To blank lines there is nothing to say.
      .filter((sent) => /[^\r\n]/.test(sent.toString('latin1')));
    await allAnswered(bytes, (sent) => ({ bytes: sent, method: 'GET' }));
  });
});
