import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OtlpReceiver } from '#dev/testing/otlp-receiver';
import { sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { TokenServer } from '#dev/testing/token-server';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId } from '#domain/ids';

/** What no log and no trace may have. Each is used in the run. */
const SECRETS: Record<string, string> = {
  'the admin key': ADMIN_KEY,
  'the key that encrypts': 'secret-key-of-this-run-0123456789abcdef',
  'a key that is refused': `lsk_${'0'.repeat(16)}_refused-key-of-this-run`,
  'a payload': 'payload-of-an-event',
  'a payload in a batch': 'payload-of-a-batch',
  'a payload that is refused': 'payload-that-is-refused',
  'a payload of a webhook': 'payload-of-a-webhook',
  'the query of a webhook': 'token-in-the-query',
  'the password of a webhook': 'password-of-the-sender',
  'a header of an event': 'header-of-an-event',
  'a header of an endpoint': 'header-of-the-endpoint',
  'the query of an endpoint': 'token-in-the-url',
  'the password of an endpoint': 'password-of-the-endpoint',
  'the secret of an OAuth client': 'secret-of-the-client',
  'an access token': 'access-token-of-this-run',
  'a response': 'body-of-the-response',
};
const FAILING = 'failing';

let system: SystemUnderTest;
let server: Server;
let tokens: TokenServer;
let collector: OtlpReceiver;
let output = '';
let arrivals = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      arrivals += 1;
      response.writeHead(request.headers['lockstep-entity'] === FAILING ? 500 : 200).end(SECRETS['a response']);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  [tokens, collector] = await Promise.all([TokenServer.start(), OtlpReceiver.start()]);
  tokens.answer = () => ({ body: { access_token: SECRETS['an access token'], token_type: 'Bearer', expires_in: 3_600 } });
  system = await SystemUnderTest.start(sharedServers(), {
    env: { LOG_LEVEL: 'trace', LOCKSTEP_SECRET_KEY: SECRETS['the key that encrypts'] ?? '', LOCKSTEP_RETRY_SCHEDULE: '50ms', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOCKSTEP_TRACE_RATIO: '1' },
    onOutput: (text) => (output += text),
  });
});

afterAll(async () => {
  await system.stop();
  await Promise.all([tokens.stop(), collector.stop()]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const url = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

async function send(path: string, headers: Record<string, string>, body: string): Promise<number> {
  const response = await fetch(`${system.gateways[0]?.url ?? ''}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  await response.text();
  return response.status;
}

/** The lines of the log with this message. */
function linesOf(message: string): Record<string, unknown>[] {
  return output.split('\n').filter((line) => line.includes(`"msg":"${message}"`)).map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Ways to write a text. */
const spellings = (text: string): string[] => [text, Buffer.from(text).toString('base64').replace(/=*$/, '').slice(0, -1), Buffer.from(text).toString('hex'), encodeURIComponent(text)];

it('a full run at the level trace logs each attempt and each management action, and no key, secret, header or payload, nor do its traces have one', async () => {
  const bearer = { authorization: `Bearer ${ADMIN_KEY}` };
  const target = url(`/hook?token=${SECRETS['the query of an endpoint']}`);
  const plain = await system.call('POST', '/v1/endpoints', { url: target, headers: { 'x-api-key': SECRETS['a header of an endpoint'] } }) as { id: string; secret: string };
  await system.call('POST', '/v1/endpoints', { url: target, auth: { type: 'basic', username: 'user', password: SECRETS['the password of an endpoint'] } });
  await system.call('POST', '/v1/endpoints', { url: target, auth: { type: 'oauth2', tokenUrl: tokens.url, clientId: 'id', clientSecret: SECRETS['the secret of an OAuth client'] } });
  const rotated = await system.call('POST', `/v1/endpoints/${plain.id}/rotate-secret`, {}) as { secret: string };
  await system.call('POST', `/v1/endpoints/${plain.id}/test`, {});
  const { key } = await system.call('POST', '/v1/api-keys', { name: 'Orders', scopes: ['ingest'] }) as { key: string };
  const source = await system.call('POST', '/v1/sources', { name: 'sender', provider: 'basic', secrets: [`user:${SECRETS['the password of a webhook']}`] }) as { url: string };

  const post = (entity: string, text: string | undefined, headers: Record<string, string> = { authorization: `Bearer ${key}` }): Promise<number> =>
    send('/v1/events', headers, JSON.stringify({ type: 'order.paid', entity, data: text }));
  expect(await post('good', SECRETS['a payload'])).toBe(202);
  expect(await post(FAILING, SECRETS['a payload'])).toBe(202);
  expect(await send('/v1/events', { authorization: `Bearer ${key}`, 'content-type': 'text/plain', 'ce-specversion': '1.0', 'ce-id': mintId(), 'ce-source': 'a', 'ce-type': 'b', 'ce-subject': 'c', 'ce-note': SECRETS['a header of an event'] ?? '' }, SECRETS['a payload'] ?? '')).toBe(202);
  expect(await send('/v1/events/batch', bearer, JSON.stringify([{ type: 'order.paid', entity: 'batch', data: SECRETS['a payload in a batch'] }]))).toBe(202);
  const login = Buffer.from(`user:${SECRETS['the password of a webhook']}`).toString('base64');
  const hook = `${source.url}?token=${SECRETS['the query of a webhook']}`;
  expect(await send(hook, { authorization: `Basic ${login}` }, JSON.stringify({ text: SECRETS['a payload of a webhook'] }))).toBeLessThan(300);
  // What is refused.
  expect(await send(hook, { authorization: `Basic ${Buffer.from('user:wrong').toString('base64')}` }, JSON.stringify({ text: SECRETS['a payload of a webhook'] }))).toBe(401);
  expect(await post('good', SECRETS['a payload that is refused'], { authorization: `Bearer ${SECRETS['a key that is refused']}` })).toBe(401);
  expect(await send('/v1/events', bearer, `{"type":"${SECRETS['a payload that is refused']}`)).toBe(400);
  expect(await send('/v1/endpoints', bearer, JSON.stringify({ url: 'ftp://a', secret: SECRETS['a payload that is refused'] }))).toBe(400);

  // To three endpoints: five events, of which one fails twice; and the test.
  const expected = 3 * (5 + 1) + 1;
  await waitUntil(() => `${expected} attempts, there are ${arrivals}`, () => arrivals === expected);
  await waitUntil(() => `the lines of all attempts, there are ${linesOf('Attempt').length}`, () => linesOf('Attempt').length === expected - 1);
  await Promise.all([...system.gateways, ...system.dispatchers].map((app) => app.signal('SIGTERM')));

  const spans = collector.spans.map((span) => JSON.stringify(span, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
  // Of each attempt, and of each event's request, record and admission.
  expect(spans.length).toBeGreaterThanOrEqual(expected - 1 + 3 * 5);
  const lines = [...output.split('\n'), ...spans];
  const found = Object.entries({ ...SECRETS, 'an API key': key, 'a signing secret': plain.secret, 'a rotated secret': rotated.secret })
    .flatMap(([name, secret]) => spellings(secret).flatMap((text) => lines.filter((line) => line.includes(text)).map((line) => `${name}: ${line}`)));
  expect(found).toEqual([]);
  expect(linesOf('Management action').map(({ route }) => route)).toEqual([
    '/v1/endpoints', '/v1/endpoints', '/v1/endpoints', '/v1/endpoints/:id/rotate-secret', '/v1/endpoints/:id/test', '/v1/api-keys', '/v1/sources',
  ]);
  const outcomes = linesOf('Attempt').map(({ entity, attempt, outcome, status }) => [entity, attempt, outcome, status]);
  expect(outcomes.filter(([entity]) => entity === FAILING).sort()).toEqual([1, 1, 1, 2, 2, 2].map((attempt) => [FAILING, attempt, attempt === 1 ? 'retry' : 'dead', 500]));
  expect(linesOf('Attempt').every(({ trace_id: traceId, event }) => typeof event === 'string' && traceId === event.slice(4))).toBe(true);
});
